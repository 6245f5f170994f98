/**
 * Spaces out requests: `burst` at once, then `perSecond`.
 * @returns takes one turn, given the time in ms, and tells how many ms to wait for it
 */
export function createPace(options: { perSecond: number; burst: number }): (nowMs: number) => number {
  const { perSecond, burst } = options
  let turns = burst
  let lastMs: number | undefined
  return (nowMs) => {
    turns = Math.min(burst, turns + ((nowMs - (lastMs ?? nowMs)) / 1_000) * perSecond)
    lastMs = nowMs
    turns--
    return turns >= 0 ? 0 : (-turns / perSecond) * 1_000
  }
}
