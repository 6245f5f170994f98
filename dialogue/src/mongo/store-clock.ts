import type { Logger } from '@roundtable/common/logger'

/** Tells the time, in unix milliseconds. */
export type Now = () => number

/** The time that all nodes on one database agree on, whatever their own clocks say. */
export interface StoreClock {
  readonly now: Now
  /** The database has told its time, in unix milliseconds. */
  heard(storeMs: number): void
}

/**
 * Clocks that differ by more, in ms, are not both right. By less they may: what is heard is late by the time it was on
 * its way, so that our own clock is then the better one.
 */
const toleranceMs = 500
/** What was heard last, which the database's time is reckoned from. */
const remembered = 10

/**
 * Goes by this machine's clock as long as it agrees with what the database tells of its own, else by the database's.
 * @param options.ownNow this machine's clock
 * @param options.elapsed milliseconds that no setting of the clock changes
 */
export function createStoreClock(options: { logger: Logger; ownNow?: Now; elapsed?: Now }): StoreClock {
  const { logger, ownNow = Date.now, elapsed = () => performance.now() } = options
  /** The database's time less the time elapsed here; the less of it was lost on the way the greater it is. */
  const offsets: number[] = []
  let wasOff = false

  const storeNow = (): number => Math.max(...offsets) + elapsed()
  const isOff = (): boolean => offsets.length > 0 && Math.abs(ownNow() - storeNow()) > toleranceMs

  return {
    now: () => (isOff() ? Math.round(storeNow()) : ownNow()),
    heard(storeMs) {
      offsets.push(storeMs - elapsed())
      if (offsets.length > remembered) offsets.shift()
      if (isOff() === wasOff) return
      wasOff = !wasOff
      const offByS = Math.round((ownNow() - storeNow()) / 100) / 10
      if (wasOff)
        logger.warn({ offByS }, "this machine's clock is off, going by that of the database: set it")
      else logger.info("this machine's clock is right again")
    },
  }
}
