import type { Logger } from '@roundtable/common/logger'
import type { Binary, ObjectId } from 'mongodb'
import type { ActivityTiming } from '../chats/mongo-activity.ts'
import { type Budget, startBudget, withinBudget } from '../mongo/budget.ts'
import {
  type ChatDocument,
  collections,
  idIndex,
  type MessageDocument,
  owedIndex,
  placeOf,
  type ShownMessage,
} from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { afterWrite } from '../mongo/errors.ts'
import { startLoop } from '../mongo/start-loop.ts'
import type { Now } from '../mongo/store-clock.ts'
import { eventOf } from './event-of.ts'
import { toEntry } from './mongo-entries.ts'
import { shownFields } from './mongo-finds.ts'
import type { MongoLog, NewEntry } from './mongo-log.ts'

/** Debts paid by one sweep at most. */
const debtsAtOnce = 200
const sweepBudgetMs = 1_500

/** A chat or a message that shows something which its log does not tell yet. */
type Debtor =
  | Pick<ChatDocument, '_id' | 'cid' | 'kind' | 'owed'>
  | (ShownMessage & Pick<MessageDocument, 'kind' | 'owed'>)

/**
 * A change of a chat's head or of a message is done on that document alone, on the revision it was made on, and with
 * it the document notes the entry that the log is owed. Then the entry is put into the log, under a name of its own, so
 * once; then the note is taken off. Who dies in between leaves the note, and whoever comes next finishes: a repeat, the
 * next change of the same document, or the sweep. So the log never tells what is not so, and tells all of it in the end.
 */
export interface OwedEntries {
  /**
   * Puts the entry that is owed into the log, if there is one.
   * @throws AppError 5031
   */
  pay(debtor: Debtor, budget: Budget): Promise<void>
  close(): Promise<void>
}

export function createOwedEntries(options: {
  commands: MongoCommands
  log: MongoLog
  now: Now
  logger: Logger
  timing: Pick<ActivityTiming, 'sweepEveryMs' | 'leftBehindMs'>
}): OwedEntries {
  const { commands, log, now, logger, timing } = options
  const loop = startLoop({
    name: 'telling logs what was left untold',
    everyMs: timing.sweepEveryMs,
    work: sweep,
    logger,
  })

  async function pay(debtor: Debtor, budget: Budget): Promise<void> {
    const entry = toNewEntry(debtor)
    if (!entry) return
    await afterWrite(withinBudget(log.append(entry), budget))
    const { _id, cid, owed } = debtor
    const update = {
      q: { _id, cid, 'owed.entry._id': owed?.entry._id },
      u: { $unset: { owed: 1 } },
      hint: idIndex,
    }
    // When it fails the sweep pays again, to no effect, and takes the note off.
    await commands.write({ update: collections.log, updates: [update] }, budget).catch(() => {})
  }

  async function sweep(): Promise<void> {
    const budget = startBudget(sweepBudgetMs)
    const debtors = await commands.find<Debtor>(
      {
        find: collections.log,
        filter: { 'owed.at': { $lt: new Date(now() - timing.leftBehindMs) } },
        sort: { 'owed.at': 1 },
        projection: { ...shownFields, kind: 1, owed: 1 },
        hint: owedIndex,
        limit: debtsAtOnce,
      },
      budget,
    )
    if (debtors.length === 0) return
    logger.info({ entries: debtors.length }, 'telling logs what was left untold')
    for (const debtor of debtors) {
      await pay(debtor, startBudget()).catch((error) =>
        logger.warn({ err: error, cid: debtor.cid }, 'an entry is still owed'),
      )
    }
  }

  return { pay, close: () => loop.stop() }
}

function toNewEntry(debtor: Debtor): NewEntry | undefined {
  const { owed } = debtor
  if (!owed) return undefined
  const { _id, cid, hash } = owed.entry
  const named = { id: _id.toHexString(), cid: cid.toHexString(), hash }
  if (debtor.kind === 'chat') {
    const { entry } = debtor.owed ?? {}
    return (
      entry && {
        ...named,
        toDocument: ({ seq }) => ({ ...entry, ...placedAfter(entry.cid, seq) }),
        toEvent: (stored, users) => eventOf(toEntry(stored), users),
      }
    )
  }
  const { entry } = debtor.owed ?? {}
  return (
    entry && {
      ...named,
      toDocument: ({ seq, shown }) => ({ ...entry, ...placedAfter(entry.cid, seq), below: shown }),
      toEvent: (stored, users) => eventOf(toEntry(stored, debtor), users),
    }
  )
}

function placedAfter(cid: ObjectId, tail: number): { seq: number; place: Binary } {
  return { seq: tail + 1, place: placeOf(cid, tail + 1) }
}
