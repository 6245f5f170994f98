import type { LoadResult } from './load-plan.ts'

/** How many of a unit make a millisecond. */
const perMs: Record<string, number> = { us: 1_000, ms: 1, s: 1 / 1_000, m: 1 / 60_000 }

/**
 * Reads what wrk prints.
 * @throws Error when a figure is missing
 */
export function parseWrk(output: string): LoadResult {
  const socketErrors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output)
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0
  return {
    requests: Number(find(output, /(\d+) requests in/)[1]),
    requestsPerS: Number(find(output, /Requests\/sec:\s+([\d.]+)/)[1]),
    p50Ms: toMs(find(output, /50%\s+([\d.]+)(us|ms|s|m)/)),
    p99Ms: toMs(find(output, /99%\s+([\d.]+)(us|ms|s|m)/)),
    failed: (socketErrors?.slice(1) ?? []).reduce((sum, count) => sum + Number(count), Number(refused)),
  }
}

function find(output: string, pattern: RegExp): RegExpExecArray {
  const found = pattern.exec(output)
  if (!found) throw new Error(`wrk told nothing like ${pattern}:\n${output}`)
  return found
}

function toMs([, value, unit = '']: RegExpExecArray): number {
  return Number(value) / (perMs[unit] ?? Number.NaN)
}
