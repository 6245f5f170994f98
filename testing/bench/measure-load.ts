import { median } from '../report/median.ts'
import { takeSample } from '../soak/process-sampler.ts'
import { generateLoad } from './generate-load.ts'
import type { LoadPlan, LoadResult, LoadShape } from './load-plan.ts'

/** A part of the system whose CPU time is told. */
export interface Part {
  /** `nodes`, `backend`: those of one name are added up. */
  name: string
  pid: number
}

export interface Measurement extends LoadResult {
  /** CPU time a request, in us, by part. */
  cpuUs: Readonly<Record<string, number>>
}

/** Sends the requests of a plan, and tells what each part spent on them. */
export async function measureLoad(
  plan: LoadPlan,
  shape: LoadShape,
  parts: readonly Part[],
): Promise<Measurement> {
  const before = await cpuByPart(parts)
  const result = await generateLoad(plan, shape)
  const after = await cpuByPart(parts)
  const cpuUs = Object.fromEntries(
    [...after].map(([name, ms]) => [name, ((ms - (before.get(name) ?? 0)) * 1_000) / result.requests]),
  )
  return { ...result, cpuUs }
}

/** CPU time of the parts so far, in ms, by name. */
export async function cpuByPart(parts: readonly Part[]): Promise<Map<string, number>> {
  const times = new Map<string, number>()
  for (const { name, pid } of parts) {
    const sample = await takeSample(pid)
    // One that has ended takes none any more.
    times.set(name, (times.get(name) ?? 0) + (sample?.cpuMs ?? 0))
  }
  return times
}

/** The middle of several measurements, figure by figure; of the failures their sum. */
export function medianMeasurement(all: readonly Measurement[]): Measurement {
  const middle = (figure: (one: Measurement) => number) => median(all.map(figure))
  const names = Object.keys(all[0]?.cpuUs ?? {})
  return {
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    requestsPerS: middle(({ requestsPerS }) => requestsPerS),
    p50Ms: middle(({ p50Ms }) => p50Ms),
    p99Ms: middle(({ p99Ms }) => p99Ms),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    cpuUs: Object.fromEntries(names.map((name) => [name, middle(({ cpuUs }) => cpuUs[name] ?? Number.NaN)])),
  }
}
