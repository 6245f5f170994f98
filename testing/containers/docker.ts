import { runCommand } from './run-command.ts'

/** One line of a service's log. */
export interface LogLine {
  msg: string
  reqId?: string
  remoteAddress?: string
}

/** The log lines of a container of ours, oldest first, as `docker logs` shows them. */
export async function logLines(container: string): Promise<LogLine[]> {
  const output = await runCommand('docker', 'logs', container)
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine)
}

/** The containers that run, by name, with the host's addresses that each is published at. */
export async function publishedPorts(): Promise<Map<string, string[]>> {
  const output = await runCommand('docker', 'ps', '--format', '{{.Names}}|{{.Ports}}')
  const lines = output.trim().split('\n').filter(Boolean)
  return new Map(
    lines.map((line) => {
      const [name = '', ports = ''] = line.split('|')
      return [name, ports.split(', ').flatMap((port) => port.match(/^(.+)->/)?.[1] ?? [])]
    }),
  )
}
