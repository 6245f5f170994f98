/** Times of one kind of request, in ms. */
export interface Times {
  p50: number
  p95: number
}

/**
 * Times kinds of requests in turn, so that whatever else the machine does meets all of them alike.
 * @param kinds each does one request and checks its answer
 */
export async function measureInTurn<K extends string>(
  kinds: Record<K, () => Promise<void>>,
  options: { rounds: number; warmUp: number },
): Promise<Record<K, Times>> {
  const names = Object.keys(kinds) as K[]
  const times = new Map<K, number[]>(names.map((name) => [name, []]))
  for (let round = -options.warmUp; round < options.rounds; round++) {
    for (const name of names) {
      const start = performance.now()
      await kinds[name]()
      if (round >= 0) times.get(name)?.push(performance.now() - start)
    }
  }
  const summary = names.map((name) => [name, summarize(times.get(name) ?? [])] as const)
  return Object.fromEntries(summary) as Record<K, Times>
}

/** The middle of some times, and what all but one in twenty stay below. */
export function summarize(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95) }
}
