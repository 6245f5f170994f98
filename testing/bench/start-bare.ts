import { join } from 'node:path'
import { type RunningProcess, startProcess } from '../servers/child-process.ts'
import { freePort } from '../servers/free-port.ts'
import { repositoryRoot } from '../servers/repository-root.ts'
import { untilReady } from '../servers/until-ready.ts'

/** Starts one of the least programs, and waits until it answers `/ping`. */
export async function startBare(
  name: 'bare-proxy' | 'bare-node' | 'bare-live',
  args: readonly string[] = [],
): Promise<{ url: string; process: RunningProcess }> {
  const port = await freePort()
  const program = join(repositoryRoot, `testing/dist/bench/${name}.js`)
  const started = startProcess(process.execPath, [program, String(port), ...args])
  const url = `http://127.0.0.1:${port}`
  try {
    await untilReady(`${name} answers`, started, async () => (await fetch(`${url}/ping`)).ok)
  } catch (error) {
    await started.stop()
    throw error
  }
  return { url, process: started }
}
