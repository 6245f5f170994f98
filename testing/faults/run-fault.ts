import type { Constellation } from '../constellation/start-constellation.ts'
import { createApiClient } from '../load/api-client.ts'
import { runUnderLoad } from '../load/run-under-load.ts'
import { whatFailed } from '../load/what-failed.ts'
import type { RunResult } from '../report/report.ts'
import { createArena, type Told } from './create-arena.ts'
import type { Fault } from './fault.ts'
import type { Servers } from './start-servers.ts'

export interface RunOptions {
  fault: Fault
  run: number
  system: Constellation
  servers: Servers
  isLong: boolean
  /** Whether a run that was too slow has failed; where other work goes on beside it, times prove nothing. */
  timesCount: boolean
  ratePerS: number
  random: () => number
}

/** Runs the load, breaks and mends the system under it, and judges all that users saw. */
export async function runFault(options: RunOptions): Promise<RunResult> {
  const { fault, run, system, servers, isLong, timesCount, ratePerS, random } = options
  const client = createApiClient(() => system.backends.map(({ url }) => url))
  const told: Told = { missed: [], late: [], notes: {}, rightAfterMs: [] }
  try {
    const findings = await runUnderLoad({
      client,
      ratePerS,
      random,
      meanwhile: (users) => fault.run(createArena({ ...users, system, servers, client, isLong, told })),
    })
    const { figures, violations, staleAcrossUsers } = findings
    const slowest = Math.max(...told.rightAfterMs)
    return {
      fault: fault.name,
      title: fault.title,
      run,
      figures,
      violations,
      staleAcrossUsers,
      ...(told.rightAfterMs.length === 0 ? {} : { rightAfterMs: slowest }),
      notes: told.notes,
      missed: [
        ...told.missed,
        ...whatFailed(findings, (operation) => fault.mayFail?.(operation) ?? false),
        ...(timesCount ? [...told.late, ...whatWasLate(fault, figures.p99Ms, slowest)] : []),
      ],
    }
  } finally {
    await client.close()
  }
}

function whatWasLate({ p99Ms, rightWithinMs }: Fault, p99: number, rightAfterMs: number): string[] {
  return [
    ...(p99Ms !== undefined && p99 > p99Ms ? [`p99 ${Math.round(p99)} ms, over ${p99Ms}`] : []),
    ...(rightWithinMs !== undefined && rightAfterMs > rightWithinMs
      ? [`the list was right after ${Math.round(rightAfterMs)} ms, over ${rightWithinMs}`]
      : []),
  ]
}
