import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A process a test has started. Its output is kept, so that a test can look at log lines. */
export interface RunningProcess {
  readonly pid: number
  /** What it has written so far, standard output and error together. */
  output(): string
  /** Sends a signal to this process only. */
  signal(signal: NodeJS.Signals): void
  /** Resolves with its exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>
  /** SIGTERM, then SIGKILL after `graceMs`. */
  stop(graceMs?: number): Promise<void>
}

/** Characters of its output that are kept. */
const mostOutput = 2_000_000

const running = new Set<ChildProcess>()
// A test run that dies must not leave servers behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export function startProcess(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): RunningProcess {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const logs = join(tmpdir(), 'roundtable-tests')
  mkdirSync(logs, { recursive: true })
  const log = createWriteStream(join(logs, `${command.split('/').at(-1)}-${child.pid}.log`))
  const output = createTail(mostOutput)
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log.write(text)
      output.add(text)
    })
  }
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      output.add(String(error))
      resolve(-1)
    })
    child.once('exit', (code) => resolve(code))
  }).finally(() => {
    running.delete(child)
    log.end()
  })
  return {
    pid: child.pid ?? -1,
    output: output.read,
    signal: (signal) => void child.kill(signal),
    exited,
    async stop(graceMs = 10_000) {
      child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await exited
      clearTimeout(kill)
    },
  }
}

/** The last so many characters of a text that grows, or a little more: to cut it at each addition would cost more than to write it. */
function createTail(most: number) {
  const parts: string[] = []
  let length = 0
  return {
    add(text: string): void {
      parts.push(text)
      length += text.length
      while (length - (parts[0]?.length ?? 0) > most) length -= parts.shift()?.length ?? 0
    },
    read: () => parts.join(''),
  }
}
