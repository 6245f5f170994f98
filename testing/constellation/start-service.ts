import { join } from 'node:path'
import { type RunningProcess, startProcess } from '../servers/child-process.ts'
import { repositoryRoot } from '../servers/repository-root.ts'
import { untilReady } from '../servers/until-ready.ts'

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
 * @throws Error with its output when it ends instead, or is not ready in time
 */
export async function startService(id: string, url: string, program: Program): Promise<RunningService> {
  const running = launch(program)
  await untilReady(`${id} is ready`, running, async () => (await fetch(`${url}/health/ready`)).ok)
  return { id, url, process: running }
}
