import { z } from 'zod'
import { runCommand } from './run-command.ts'

const LogLine = z.looseObject({ msg: z.string(), reqId: z.string().optional() })
export type LogLine = z.infer<typeof LogLine>

/** The log lines of a container of ours, oldest first, as `docker logs` shows them. */
export async function logLines(container: string): Promise<LogLine[]> {
  const output = await runCommand('docker', 'logs', container)
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => LogLine.parse(JSON.parse(line)))
}

/** The names of the containers that run, and at which addresses of the host each is published. */
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
