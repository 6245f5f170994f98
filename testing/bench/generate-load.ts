import { isInstalled } from '../servers/is-installed.ts'
import { runAutocannon } from './autocannon.ts'
import type { LoadPlan, LoadResult, LoadShape } from './load-plan.ts'
import { runWrk } from './wrk.ts'

/** Which program makes the load: wrk where it is installed, which takes a tenth of the CPU. */
export const loadGenerator: 'wrk' | 'autocannon' = isInstalled('wrk') ? 'wrk' : 'autocannon'

export function generateLoad(plan: LoadPlan, shape: LoadShape): Promise<LoadResult> {
  return loadGenerator === 'wrk' ? runWrk(plan, shape) : runAutocannon(plan, shape)
}
