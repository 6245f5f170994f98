/** Where reading has come to in each partition of a topic, kept from one connection to the next. */
export interface Positions {
  /**
   * Goes on where reading ended, unless that is gone or lies far behind: then, as at first, at the end.
   * @param kept offsets of the oldest message that is kept and of the next one that will be written
   */
  resume(partition: number, kept: { low: number; high: number }): void
  /** Takes note of a message. @returns whether it is new, and whether others before it were missed */
  take(partition: number, offset: number): { isNew: boolean; missed: boolean }
  /** Of each partition, the offset of the next message. */
  all(): Iterable<[partition: number, offset: number]>
}

/** What is older than so many messages is found sooner in the store. */
const mostBehind = 10_000

export function createPositions(): Positions {
  const next = new Map<number, number>()
  return {
    resume(partition, { low, high }) {
      const at = next.get(partition) ?? high
      const isThere = at >= low && at <= high && high - at <= mostBehind
      next.set(partition, isThere ? at : high)
    },
    take(partition, offset) {
      const expected = next.get(partition) ?? offset
      if (offset < expected) return { isNew: false, missed: false }
      next.set(partition, offset + 1)
      return { isNew: true, missed: offset > expected }
    },
    all: () => next.entries(),
  }
}
