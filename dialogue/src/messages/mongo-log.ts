import type { ChatEvent } from '@roundtable/common/chat-events'
import type { Activity } from '../chats/mongo-activity.ts'
import { type Budget, requestBudgetMs, startBudget } from '../mongo/budget.ts'
import { collections, type EntryDocument } from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { duplicateOf } from '../mongo/errors.ts'
import { shortPause } from '../mongo/pause.ts'
import type { Now } from '../mongo/store-clock.ts'
import type { OnStored } from '../on-stored.ts'
import { nameReused, noSuchChat, outcomeUnknown } from '../refusals.ts'
import { type Append, createAppendQueue } from './append-queue.ts'
import { isShown } from './mongo-entries.ts'
import { findEntry, findTail, isUsed, type Tail } from './mongo-finds.ts'

/** 200 of the longest messages are 3.2 MB, well below the 48 MB of one command. */
const maxBatch = 200
/** A little more than a flight takes at most, and below the second that the caller waits. */
const appendTimeoutMs = requestBudgetMs + 100

/** An entry that is to be put at the end of a log, once. */
export interface NewEntry {
  id: string
  cid: string
  /** Who must be a member for it; left out where that was decided before. */
  author?: number
  /** Of what was asked for: the same id with another hash is refused. */
  hash: string
  toDocument(place: Tail, at: Date): EntryDocument
  /** What the others are told once it is stored. */
  toEvent(stored: EntryDocument, users: readonly number[]): ChatEvent
}

/** The logs of the chats. */
export interface MongoLog {
  /**
   * Stores the entry, or answers it as it is when it was stored before.
   * @throws AppError 4040 when its author is no member; 4090, 5031, 5032
   */
  append(entry: NewEntry): Promise<EntryDocument>
}

/**
 * Appends to the logs of chats. A log has no holes: a number is given only when the one below it is on a majority, so
 * a tail is known from majority reads and majority-acknowledged writes alone.
 */
export function createMongoLog(options: {
  commands: MongoCommands
  activity: Pick<Activity, 'note'>
  now: Now
  onStored?: OnStored | undefined
}): MongoLog {
  const { commands, activity, now, onStored } = options

  /** Stores the entries of one batch, in order, and settles each. It never rejects. */
  async function flight(cid: string, batch: readonly Append<NewEntry, EntryDocument>[]): Promise<void> {
    const budget = startBudget()
    const open = [...batch]
    let sent = false
    try {
      const { users = [], tail } = await findTail(commands, cid, budget)
      const allowed = open.filter(({ entry, reject }) => {
        if (entry.author === undefined || users.includes(entry.author)) return true
        reject(noSuchChat())
        return false
      })
      open.splice(0, open.length, ...allowed)
      sent = open.length > 0
      await storeAll(cid, open, { users, tail }, budget)
    } catch (error) {
      for (const { reject } of open) reject(sent ? outcomeUnknown(error) : error)
    }
  }

  /** Takes each entry out of `open` as its outcome is known. */
  async function storeAll(
    cid: string,
    open: Append<NewEntry, EntryDocument>[],
    { users, tail }: { users: readonly number[]; tail: Tail },
    budget: Budget,
  ): Promise<void> {
    let last = tail
    while (open.length > 0) {
      const at = new Date(now())
      const documents = placeAll(open, last, at)
      const { n, writeErrors } = await commands.write(
        { insert: collections.log, documents, ordered: true },
        budget,
      )
      const inserted = documents.slice(0, n)
      for (const { seq, unsettled, kind } of inserted) {
        if (unsettled) activity.note(cid, seq, isShown({ kind }) ? at : undefined)
      }
      const stored = open.splice(0, n)
      for (const [place, document] of inserted.entries()) {
        last = after(last, document)
        const { entry, resolve } = stored[place] ?? {}
        resolve?.(document)
        if (entry) onStored?.(entry.toEvent(document, users))
      }

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
  async function tailPast(cid: string, known: Tail, budget: Budget): Promise<Tail> {
    for (;;) {
      const { tail } = await findTail(commands, cid, budget)
      if (tail.seq > known.seq) return tail
      await shortPause()
    }
  }

  /** The id is in the store already: by this very request sent before, or for something else. */
  async function answerStored(
    { entry, resolve, reject }: Append<NewEntry, EntryDocument>,
    budget: Budget,
  ): Promise<void> {
    for (;;) {
      const stored = await findEntry(commands, entry.cid, entry.id, budget)
      if (stored) return stored.hash === entry.hash ? resolve(stored) : reject(nameReused())
      if (await isUsed(commands, entry.id, budget)) return reject(nameReused())
      await shortPause()
    }
  }

  return createAppendQueue({ flight, maxBatch, timeoutMs: appendTimeoutMs })
}

/**
 * The documents of a batch. The first carries the mark; so does the first that pages show, because it is that which
 * moves the chat up in the lists.
 */
function placeAll(open: readonly Append<NewEntry, EntryDocument>[], tail: Tail, at: Date): EntryDocument[] {
  let last = tail
  const documents = open.map(({ entry }) => {
    const document = entry.toDocument(last, at)
    last = after(last, document)
    return document
  })
  for (const marked of [documents[0], documents.find(isShown)]) if (marked) marked.unsettled = at
  return documents
}

function after(tail: Tail, document: EntryDocument): Tail {
  return { seq: document.seq, shown: isShown(document) ? document.seq : tail.shown }
}
