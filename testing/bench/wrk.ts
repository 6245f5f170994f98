import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess } from '../servers/child-process.ts'
import type { LoadPlan, LoadResult, LoadShape } from './load-plan.ts'
import { parseWrk } from './parse-wrk.ts'
import { wrkScript } from './wrk-script.ts'

/**
 * Sends the requests of a plan with wrk, from one thread: https://github.com/wg/wrk
 * @throws Error with its output when it fails
 */
export async function runWrk(plan: LoadPlan, { connections, seconds }: LoadShape): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), 'wrk-'))
  try {
    const script = join(folder, 'requests.lua')
    await writeFile(script, wrkScript(plan))
    const options = [
      '-t',
      '1',
      '-c',
      String(connections),
      '-d',
      `${seconds}s`,
      '--timeout',
      '10s',
      '--latency',
    ]
    const wrk = startProcess('wrk', [...options, '-s', script, plan.url])
    if ((await wrk.exited) !== 0) throw new Error(`wrk failed:\n${wrk.output()}`)
    return parseWrk(wrk.output())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
