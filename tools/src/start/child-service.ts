import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { formatLine } from './format-line.ts'

/** One service of the embedded run, as a process of its own. */
export interface ChildService {
  readonly name: string
  /** Its end: a code or the signal that ended it. */
  readonly ended: Promise<string>
  /** SIGTERM, and SIGKILL when it is still there after its own deadline. */
  stop(): Promise<void>
}

/** Longer than a service's own deadline of 8 s. */
const graceMs = 10_000

/**
 * Starts a service; its lines are printed with its name before them.
 * It gets a process group of its own: Ctrl-C must reach the launcher only, which then stops all in order.
 */
export function startChild(options: {
  name: string
  script: string
  env: NodeJS.ProcessEnv
  print: (line: string) => void
}): ChildService {
  const { name, script, env, print } = options
  const child = spawn(process.execPath, ['--enable-source-maps', script], {
    detached: true,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => print(`${name.padEnd(10)} | ${formatLine(line)}`))
  }
  print(`${name.padEnd(10)} | process ${child.pid}`)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`))
  })
  return {
    name,
    ended,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await ended
      clearTimeout(kill)
    },
  }
}
