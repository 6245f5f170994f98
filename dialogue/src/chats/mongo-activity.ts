import type { Logger } from '@roundtable/common/logger'
import { ObjectId } from 'mongodb'
import { type Budget, startBudget } from '../mongo/budget.ts'
import {
  type ChatDocument,
  collections,
  headSeq,
  logIndex,
  type MessageDocument,
  unsettledIndex,
} from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import type { Now } from '../mongo/store-clock.ts'
import { rowId } from './mongo-list-rows.ts'

/** Brings the order of users' lists up to date, behind the answers. */
export interface Activity {
  /** A batch was stored at this time, whose first entry, which carries the mark, has this number. */
  note(cid: string, seq: number, at: Date): void
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

const usualTiming: ActivityTiming = { settleEveryMs: 2_000, sweepEveryMs: 5_000, leftBehindMs: 10_000 }
/** Chats settled, rows updated and marks swept by one command at most. */
const chatsAtOnce = 100
const rowsAtOnce = 1_000
const marksAtOnce = 500
const budgetMs = 1_500

interface Unsettled {
  at: Date
  /** Numbers of the marked entries. */
  marks: number[]
}

/**
 * The first entry of each insert carries a mark, so what is not settled is known durably without another write. A
 * chat is settled by moving its members' rows to the time of the mark, then taking the mark off. Each step can be
 * repeated and done late; whatever fails here, or is left behind by a node that died, is found by the sweep.
 */
export function createMongoActivity(options: {
  commands: MongoCommands
  now: Now
  logger: Logger
  timing?: Partial<ActivityTiming>
}): Activity {
  const { commands, now, logger } = options
  const timing = { ...usualTiming, ...options.timing }
  let noted = new Map<string, Unsettled>()
  let closed = false
  const loops = [
    startLoop('settle', timing.settleEveryMs, settleNoted),
    startLoop('sweep', timing.sweepEveryMs, sweep),
  ]

  /** Runs one at a time; a failure is logged once until it works again. */
  function startLoop(name: string, everyMs: number, work: () => Promise<void>) {
    let failing = false
    let running: Promise<void> = Promise.resolve()
    let timer: NodeJS.Timeout
    async function run(): Promise<void> {
      try {
        await work()
        failing = false
      } catch (error) {
        if (!failing) logger.warn({ err: error }, `${name} of chat activity failed, going on`)
        failing = true
      }
      if (!closed) schedule()
    }
    function schedule(): void {
      // Nodes started together must not sweep together.
      timer = setTimeout(() => (running = run()), everyMs * (0.9 + Math.random() * 0.2)).unref()
    }
    schedule()
    return {
      async stop(): Promise<void> {
        clearTimeout(timer)
        await running
      },
    }
  }

  async function settleNoted(): Promise<void> {
    const taken = [...noted]
    noted = new Map()
    for (let first = 0; first < taken.length; first += chatsAtOnce) {
      await settle(taken.slice(first, first + chatsAtOnce))
    }
  }

  async function sweep(): Promise<void> {
    const before = new Date(now() - timing.leftBehindMs)
    const marks = await commands.find<Pick<MessageDocument, 'cid' | 'seq'> & { unsettled: Date }>(
      {
        find: collections.log,
        filter: { unsettled: { $lt: before } },
        sort: { unsettled: 1 },
        projection: { _id: 0, cid: 1, seq: 1, unsettled: 1 },
        hint: unsettledIndex,
        limit: marksAtOnce,
      },
      startBudget(budgetMs),
    )
    const chats = new Map<string, Unsettled>()
    for (const { cid, seq, unsettled } of marks) add(chats, cid.toHexString(), seq, unsettled)
    if (chats.size === 0) return
    logger.info({ chats: chats.size }, 'settling the activity of chats that were left behind')
    await settle([...chats])
    if (marks.length === marksAtOnce && !closed) await sweep()
  }

  async function settle(chats: readonly [string, Unsettled][]): Promise<void> {
    const budget = startBudget(budgetMs)
    const members = await commands.find<Pick<ChatDocument, '_id' | 'users'>>(
      {
        find: collections.log,
        filter: { cid: { $in: chats.map(([cid]) => new ObjectId(cid)) }, seq: headSeq },
        projection: { users: 1 },
        hint: logIndex,
        limit: chats.length,
      },
      budget,
    )
    const atOf = new Map(chats.map(([cid, { at }]) => [cid, at]))
    const rows = members.flatMap(({ _id, users }) => {
      const cid = _id.toHexString()
      // Never an upsert: it would bring back the row of someone who has just been removed.
      return users.map((uid) => ({ q: { _id: rowId(uid, cid), uid }, u: { $max: { at: atOf.get(cid) } } }))
    })
    for (let first = 0; first < rows.length; first += rowsAtOnce) {
      await updateAll(collections.userChats, rows.slice(first, first + rowsAtOnce), budget)
    }
    const marks = chats.map(([cid, { marks }]) => ({
      q: { cid: new ObjectId(cid), seq: { $in: marks } },
      u: { $unset: { unsettled: 1 } },
      multi: true,
      hint: logIndex,
    }))
    await updateAll(collections.log, marks, budget)
  }

  async function updateAll(update: string, updates: readonly object[], budget: Budget): Promise<void> {
    const { writeErrors } = await commands.write({ update, updates, ordered: false }, budget)
    if (writeErrors[0]) throw new Error(writeErrors[0].errmsg)
  }

  return {
    note: (cid, seq, at) => add(noted, cid, seq, at),
    async close() {
      closed = true
      for (const loop of loops) await loop.stop()
      await settleNoted().catch((error) =>
        logger.warn({ err: error }, 'left the activity of chats to the sweep'),
      )
    },
  }
}

function add(chats: Map<string, Unsettled>, cid: string, seq: number, at: Date): void {
  const chat = chats.get(cid)
  if (!chat) {
    chats.set(cid, { at, marks: [seq] })
    return
  }
  if (at > chat.at) chat.at = at
  chat.marks.push(seq)
}
