import type { Document, Timestamp } from 'mongodb'

/** How far behind the latest cluster time reads may be, in ms: one that is waited for would cost each read a round trip. */
const ageMs = 1_000

/**
 * The cluster time that every read must show. A majority read alone may show less than was acknowledged: a primary just
 * elected has all of it, but knows for some moments only of an older majority.
 * https://www.mongodb.com/docs/manual/reference/read-concern-majority/
 */
export interface ReadFloor {
  /** undefined until the database has told its time. */
  now(): Timestamp | undefined
  /** A server, or a router, has answered `hello`. */
  heard(reply: Document): void
}

/**
 * Raises the floor at once to what a new primary has when it is first heard, and else to what was heard a second ago: behind
 * routers nobody tells of a new primary, but an election takes longer than that.
 * @param elapsed milliseconds that no setting of the clock changes
 */
export function createReadFloor(elapsed: () => number = () => performance.now()): ReadFloor {
  let floor: Timestamp | undefined
  let latest: Timestamp | undefined
  let next: Timestamp | undefined
  let takenAt = elapsed()
  let election = ''

  return {
    now: () => floor,
    heard(reply) {
      const time: Timestamp | undefined = reply.$clusterTime?.clusterTime
      if (!time) return
      if (!latest || time.greaterThan(latest)) latest = time
      const elected = reply.isWritablePrimary === true ? String(reply.electionId ?? '') : ''
      if (elected !== '' && elected !== election) {
        election = elected
        floor = latest
        next = latest
      }
      if (elapsed() - takenAt < ageMs) return
      takenAt = elapsed()
      floor = next ?? floor
      next = latest
    },
  }
}
