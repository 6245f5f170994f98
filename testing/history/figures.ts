import { isAnswered, type Operation } from './history.ts'

/** What a run of the load came to. */
export interface Figures {
  requests: number
  /** Answered with anything but 2xx, or not at all. */
  failed: number
  /** How many failed with each code: that of the error object, else the status, or 'none' when no answer came. */
  failedByCode: Readonly<Record<string, number>>
  /** Requests that were sent more than once, because no answer came at all. */
  repeated: number
  /** Times of all requests that were answered well, in ms; NaN when none was. */
  p50Ms: number
  p99Ms: number
  maxMs: number
  /** Longest time between two good answers, in ms, the edges of the load counted; 0 when nothing was asked. */
  longestGapMs: number
}

/** Of performance.now(), both in ms. */
export interface Window {
  from: number
  to: number
}

/**
 * Sums up the operations of a load.
 * @param window only those begun in it count: `from` <= begun < `to`; without it, all
 */
export function summarize(operations: readonly Operation[], window?: Window): Figures {
  const asked = window
    ? operations.filter(({ startedAt }) => startedAt >= window.from && startedAt < window.to)
    : operations
  const answered = asked.filter(isAnswered)
  const times = Float64Array.from(answered, ({ startedAt, endedAt }) => endedAt - startedAt).sort()
  const failedByCode: Record<string, number> = {}
  let repeated = 0
  for (const operation of asked) {
    if (operation.repeats > 0) repeated++
    if (isAnswered(operation)) continue
    const code = codeOf(operation)
    failedByCode[code] = (failedByCode[code] ?? 0) + 1
  }
  return {
    requests: asked.length,
    failed: asked.length - answered.length,
    failedByCode,
    repeated,
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    maxMs: percentile(times, 100),
    longestGapMs: longestGap(asked, answered),
  }
}

function codeOf({ code, status }: Operation): string {
  return String(code ?? (status === 0 ? 'none' : status))
}

/**
 * The nearest rank: the smallest value that at least `percent` of all do not exceed; NaN of none.
 * @param sorted ascending
 */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  const rank = Math.max(1, Math.ceil((sorted.length * percent) / 100))
  return sorted[rank - 1] ?? Number.NaN
}

/** From the first request to the first good answer, and so on to the last end of all. */
function longestGap(asked: readonly Operation[], answered: readonly Operation[]): number {
  let [begun, over] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { startedAt, endedAt } of asked) {
    begun = Math.min(begun, startedAt)
    over = Math.max(over, endedAt)
  }
  let [longest, last] = [0, begun]
  for (const time of Float64Array.from(answered, ({ endedAt }) => endedAt).sort()) {
    longest = Math.max(longest, time - last)
    last = time
  }
  return asked.length === 0 ? 0 : Math.max(longest, over - last)
}
