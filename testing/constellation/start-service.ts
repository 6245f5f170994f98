import { join } from 'node:path'
import { type RunningProcess, startProcess } from '../servers/child-process.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { repositoryRoot } from './repository-root.ts'

/** A running service: where it listens and the process it runs in. */
export interface RunningService {
  readonly id: string
  /** Straight to it, past any proxy. */
  readonly url: string
  readonly process: RunningProcess
}

/** A program of this project, started as it is in production: from its environment alone. */
export interface Program {
  /** Relative to the repository. */
  script: string
  env: NodeJS.ProcessEnv
  /** Arguments of Node's own. */
  nodeArgs?: readonly string[]
}

export function launch({ script, env, nodeArgs = [] }: Program): RunningProcess {
  return startProcess(process.execPath, [...nodeArgs, join(repositoryRoot, script)], { env })
}

/**
 * Starts a service and waits until it says that it is ready.
 * @throws Error with its output when it ends instead
 */
export async function startService(id: string, url: string, program: Program): Promise<RunningService> {
  const running = launch(program)
  let over = false
  void running.exited.then(() => {
    over = true
  })
  await waitUntil(`${id} is ready`, async () => over || (await fetch(`${url}/health/ready`)).ok)
  if (over) throw new Error(`${id} ended at its start:\n${running.output()}`)
  return { id, url, process: running }
}
