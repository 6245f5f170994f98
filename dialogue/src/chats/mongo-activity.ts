import type { Logger } from '@roundtable/common/logger'
import { ObjectId } from 'mongodb'
import { isShown } from '../messages/mongo-entries.ts'
import { type Budget, startBudget } from '../mongo/budget.ts'
import {
  type ChatDocument,
  collections,
  type EntryDocument,
  headSeq,
  logIndex,
  unsettledIndex,
} from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { startLoop } from '../mongo/start-loop.ts'
import type { Now } from '../mongo/store-clock.ts'
import { rowId } from './mongo-list-rows.ts'
import { readSummaries, type SummedUp, toStored } from './mongo-summaries.ts'

/** Brings the order of users' lists and the summaries of chats up to date, behind the answers. */
export interface Activity {
  /**
   * An entry that carries the mark was stored at this place.
   * @param at when, if it moves the chat up in the lists
   */
  note(cid: string, seq: number, at: Date | undefined): void
  /** The chat has no summary: it should get one. */
  noteUnsummed(cid: string): void
  /** Settles what was noted, and stops. */
  close(): Promise<void>
}

export interface ActivityTiming {
  /** How often what this node stored is settled. */
  settleEveryMs: number
  /** How often a node looks for what another left behind. */
  sweepEveryMs: number
  /** Age of a mark whose node must have settled it: longer than any insert takes. */
  leftBehindMs: number
}

export const usualTiming: ActivityTiming = { settleEveryMs: 2_000, sweepEveryMs: 5_000, leftBehindMs: 10_000 }
/** Chats settled, rows updated and marks swept by one command at most. */
const chatsAtOnce = 100
const rowsAtOnce = 1_000
const marksAtOnce = 500
const budgetMs = 1_500
/** No insert is under way for as long, so that a mark that appears is never older. */
const longestInsertMs = 60_000

interface Unsettled {
  /** When the chat was last active; undefined when nothing happened that moves it up. */
  at: Date | undefined
  /** Numbers of the marked entries. */
  marks: number[]
}

type Head = Pick<ChatDocument, '_id' | 'users' | 'summary'>

/**
 * The first entry of each insert carries a mark, so what is not settled is known durably without another write. A
 * chat is settled by moving its members' rows to the time of the mark, bringing its summary up to date, and then
 * taking the mark off. Each step can be repeated and done late;
 * whatever fails here, or is left behind by a node that died, is found by the sweep.
 */
export function createMongoActivity(options: {
  commands: MongoCommands
  now: Now
  logger: Logger
  timing: ActivityTiming
}): Activity {
  const { commands, now, logger, timing } = options
  let noted = new Map<string, Unsettled>()
  /** Marks older than this have been taken off, whoever set them. */
  let settledUntil = new Date(0)
  /** Chats that the sweep settles at once. */
  let sweptAtOnce = chatsAtOnce
  let closed = false
  const loops = [
    startLoop({ name: 'settle of chat activity', everyMs: timing.settleEveryMs, work: settleNoted, logger }),
    startLoop({ name: 'sweep of chat activity', everyMs: timing.sweepEveryMs, work: sweep, logger }),
  ]

  async function settleNoted(): Promise<void> {
    const taken = [...noted]
    noted = new Map()
    await settleAll(taken, chatsAtOnce)
  }

  async function sweep(): Promise<void> {
    const begunAt = now()
    const before = new Date(begunAt - timing.leftBehindMs)
    const marks = await commands.find<Pick<EntryDocument, 'cid' | 'seq' | 'kind'> & { unsettled: Date }>(
      {
        find: collections.log,
        // From below: to step over the many marks that were taken off would cost the database more than all else.
        filter: { unsettled: { $gte: settledUntil, $lt: before } },
        sort: { unsettled: 1 },
        projection: { _id: 0, cid: 1, seq: 1, kind: 1, unsettled: 1 },
        hint: unsettledIndex,
        limit: marksAtOnce,
      },
      startBudget(budgetMs),
    )
    const chats = new Map<string, Unsettled>()
    for (const { cid, seq, kind, unsettled } of marks) {
      add(chats, cid.toHexString(), isShown({ kind }) ? unsettled : undefined, [seq])
    }
    if (chats.size > 0) {
      logger.info({ chats: chats.size }, 'settling the activity of chats that were left behind')
      await settleLeftBehind([...chats])
    }
    if (marks.length < marksAtOnce) {
      settledUntil = new Date(begunAt - timing.leftBehindMs - longestInsertMs)
    } else if (!closed) await sweep()
  }

  async function settleLeftBehind(chats: readonly [string, Unsettled][]): Promise<void> {
    try {
      await settleAll(chats, sweptAtOnce, () => closed)
      sweptAtOnce = chatsAtOnce
    } catch (error) {
      // The next sweep finds the same marks: in smaller slices, one chat that fails leaves fewer of the others behind.
      sweptAtOnce = Math.ceil(sweptAtOnce / 2)
      throw error
    }
  }

  /**
   * Settles slice by slice, each in a time of its own, and goes on past those that fail.
   * @throws what the first of those failed with
   */
  async function settleAll(
    chats: readonly [string, Unsettled][],
    atOnce: number,
    isOver: () => boolean = () => false,
  ): Promise<void> {
    const failures: unknown[] = []
    for (let first = 0; first < chats.length && !isOver(); first += atOnce) {
      try {
        await settle(chats.slice(first, first + atOnce))
      } catch (error) {
        // Closing must not wait for each slice while the database is away.
        if (closed) throw error
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }

  async function settle(chats: readonly [string, Unsettled][]): Promise<void> {
    const budget = startBudget(budgetMs)
    const cids = chats.map(([cid]) => new ObjectId(cid))
    const heads = await commands.find<Head>(
      {
        find: collections.log,
        filter: { cid: { $in: cids }, seq: headSeq },
        projection: { users: 1, summary: 1 },
        hint: logIndex,
        limit: chats.length,
      },
      budget,
    )
    const summaries = await readSummaries(commands, heads, budget)
    const byId = new Map(chats)
    const rows = heads.flatMap((head) => rowUpdates(head, byId))
    for (let first = 0; first < rows.length; first += rowsAtOnce) {
      await updateAll(collections.userChats, rows.slice(first, first + rowsAtOnce), budget)
    }
    await updateAll(collections.log, [...summaries].flatMap(summaryUpdate), budget)
    // Last: who dies before has settled nothing.
    await updateAll(collections.log, chats.flatMap(markUpdate), budget)
  }

  async function updateAll(update: string, updates: readonly object[], budget: Budget): Promise<void> {
    if (updates.length === 0) return
    const { writeErrors } = await commands.write({ update, updates, ordered: false }, budget)
    if (writeErrors[0]) throw new Error(writeErrors[0].errmsg)
  }

  return {
    note: (cid, seq, at) => add(noted, cid, at, [seq]),
    noteUnsummed: (cid) => add(noted, cid, undefined, []),
    async close() {
      closed = true
      for (const loop of loops) await loop.stop()
      await settleNoted().catch((error) =>
        logger.warn({ err: error }, 'left the activity of chats to the sweep'),
      )
    },
  }
}

/** Never an upsert: it would bring back the row of someone who has just been removed. */
function rowUpdates({ _id, users }: Head, chats: ReadonlyMap<string, Unsettled>): object[] {
  const cid = _id.toHexString()
  const at = chats.get(cid)?.at
  return at ? users.map((uid) => ({ q: { _id: rowId(uid, cid), uid }, u: { $max: { at } } })) : []
}

/** Whoever knows more of the log has the say. */
function summaryUpdate([cid, { summary, isNew }]: [string, SummedUp]): object[] {
  if (!isNew) return []
  const isOlder = { cid: new ObjectId(cid), seq: headSeq, 'summary.seq': { $not: { $gte: summary.seq } } }
  return [{ q: isOlder, u: { $set: { summary: toStored(summary) } }, hint: logIndex }]
}

function markUpdate([cid, { marks }]: [string, Unsettled]): object[] {
  if (marks.length === 0) return []
  const marked = { cid: new ObjectId(cid), seq: { $in: marks } }
  return [{ q: marked, u: { $unset: { unsettled: 1 } }, multi: true, hint: logIndex }]
}

function add(
  chats: Map<string, Unsettled>,
  cid: string,
  at: Date | undefined,
  marks: readonly number[],
): void {
  const chat = chats.get(cid)
  if (!chat) {
    chats.set(cid, { at, marks: [...marks] })
    return
  }
  if (at && (!chat.at || at > chat.at)) chat.at = at
  chat.marks.push(...marks)
}
