const firstMs = 100
const longestMs = 2_000

/**
 * How long to wait before the next attempt, in ms: anything from 0 up to a bound that doubles from 100 ms to 2 s
 * (full jitter), so that many who lost the same server do not return all at once.
 * @param failures attempts that failed in a row, 1 or more
 */
export function backOffMs(failures: number, random: () => number): number {
  return random() * Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 10))
}
