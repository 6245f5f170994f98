/** Numbers that look random and come again with the same seed. */
export interface SeededRandom {
  /** 0 <= r < 1 */
  next(): number
  /** A whole number, 0 <= n < below. */
  int(below: number): number
  /** @throws Error when there is nothing to pick from */
  pick<T>(items: readonly T[]): T
}

/**
 * Mulberry32 by Tommy Ettinger (public domain), 2^32 numbers before they come round; not for secrets.
 * @param seed a whole number; its lowest 32 bits count
 */
export function createRandom(seed: number): SeededRandom {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const int = (below: number): number => Math.floor(next() * below)
  return {
    next,
    int,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new Error('there is nothing to pick from')
      return items[int(items.length)] as T
    },
  }
}
