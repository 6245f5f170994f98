import type { Activity } from '../chats/mongo-activity.ts'
import { contentHash } from '../content-hash.ts'
import { type Budget, startBudget } from '../mongo/budget.ts'
import { collections } from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { duplicateOf } from '../mongo/errors.ts'
import { shortPause } from '../mongo/pause.ts'
import type { Now } from '../mongo/store-clock.ts'
import { nameReused, noSuchChat, outcomeUnknown } from '../refusals.ts'
import type { Append } from './append-queue.ts'
import { findMessage, findTail, isUsed, toDocument, toMessage } from './mongo-documents.ts'

/**
 * Appends to the logs of chats. A log has no holes: a number is given only when the one below it is on a majority, so
 * a tail is known from majority reads and majority-acknowledged writes alone.
 */
export function createMongoLog(commands: MongoCommands, activity: Activity, now: Now) {
  /** Stores the messages of one batch, in order, and settles each. It never rejects. */
  async function flight(cid: string, batch: readonly Append[]): Promise<void> {
    const budget = startBudget()
    const open = [...batch]
    let sent = false
    try {
      const { users, tail } = await findTail(commands, cid, budget)
      const members = open.filter(({ message, reject }) => {
        if (users?.includes(message.uid)) return true
        reject(noSuchChat())
        return false
      })
      open.splice(0, open.length, ...members)
      sent = open.length > 0
      await storeAll(cid, open, tail, budget)
    } catch (error) {
      for (const { reject } of open) reject(sent ? outcomeUnknown(error) : error)
    }
  }

  /** Takes each message out of `open` as its outcome is known. */
  async function storeAll(cid: string, open: Append[], tail: number, budget: Budget): Promise<void> {
    let last = tail
    while (open.length > 0) {
      const at = new Date(now())
      const documents = open.map(({ message }, place) => toDocument(message, last + 1 + place, at))
      const [first] = documents
      if (first) first.unsettled = at
      const { n, writeErrors } = await commands.write(
        { insert: collections.log, documents, ordered: true },
        budget,
      )
      if (n > 0) activity.note(cid, last + 1, at)
      const stored = open.splice(0, n)
      for (const [place, document] of documents.slice(0, n).entries())
        stored[place]?.resolve(toMessage(document))
      last += n

      const [error] = writeErrors
      const refused = open[0]
      if (!error || !refused) return
      const duplicate = duplicateOf(error)
      if (duplicate === '_id') {
        await answerStored(refused, budget)
        open.shift()
      } else if (duplicate === 'other') {
        last = await tailPast(cid, last, budget)
      } else {
        throw new Error(error.errmsg)
      }
    }
  }

  /** Someone else has taken the number after `tail`; it is no tail before it is on a majority. */
  async function tailPast(cid: string, tail: number, budget: Budget): Promise<number> {
    for (;;) {
      const { tail: last } = await findTail(commands, cid, budget)
      if (last > tail) return last
      await shortPause()
    }
  }

  /** The id is in the store already: by this very request sent before, or for something else. */
  async function answerStored({ message, resolve, reject }: Append, budget: Budget): Promise<void> {
    const wanted = contentHash.message(message)
    for (;;) {
      const stored = await findMessage(commands, message.cid, message.id, budget)
      if (stored) return stored.hash === wanted ? resolve(toMessage(stored)) : reject(nameReused())
      if (await isUsed(commands, message.id, budget)) return reject(nameReused())
      await shortPause()
    }
  }

  return { flight }
}
