import type { Document, Timestamp } from 'mongodb'

/** How far behind the latest time reads may be, in ms: one that is waited for would cost each read a round trip. */
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
 * Makes the floor at once what a new primary has when it is first heard, and else raises it to what was heard a second ago:
 * behind routers nobody tells of a new primary, but an election takes longer than that.
 *
 * Of a primary its last write counts and not the cluster's clock: a write that was refused has moved the clock on, and in a
 * replica set without routers a read would wait for that moment until somebody else writes. Routers tell the clock alone,
 * and the shards behind them write what brings them up to it.
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
      const isRouter = reply.msg === 'isdbgrid'
      if (!isRouter && reply.isWritablePrimary !== true) return
      const time: Timestamp | undefined = isRouter
        ? reply.$clusterTime?.clusterTime
        : reply.lastWrite?.opTime?.ts
      if (!time) return
      const elected = String(reply.electionId ?? '')
      // Ids of elections grow. One that does not know yet that it was replaced may have what nobody else ever will.
      if (elected < election) return
      if (elected > election) {
        election = elected
        floor = time
        latest = time
        next = time
      }
      if (!latest || time.greaterThan(latest)) latest = time
      if (elapsed() - takenAt < ageMs) return
      takenAt = elapsed()
      floor = next ?? floor
      next = latest
    },
  }
}
