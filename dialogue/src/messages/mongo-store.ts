import type {
  EntriesQuery,
  MessageListQuery,
  MessageQuery,
  NewMessage,
} from '@roundtable/common/dialogue-requests'
import type { EntryList, Message, MessageList } from '@roundtable/common/dialogue-wire'
import { contentHash } from '../content-hash.ts'
import { type Budget, startBudget } from '../mongo/budget.ts'
import type { EntryDocument, ShownMessage } from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import type { Now } from '../mongo/store-clock.ts'
import { nameReused, noSuchChat, noSuchMessage } from '../refusals.ts'
import { eventOf } from './event-of.ts'
import { createMongoEdits } from './mongo-edits.ts'
import { toDocument, toEntry, toMessage, toShownEntry } from './mongo-entries.ts'
import { findAfter, findMessage, findMessages, findTail } from './mongo-finds.ts'
import type { MongoLog } from './mongo-log.ts'
import type { OwedEntries } from './mongo-owed.ts'
import { readPage } from './mongo-pages.ts'
import { createMongoSearch } from './mongo-search.ts'
import type { MessageStore } from './store.ts'

/** Messages in MongoDB. */
export function createMongoMessages(options: {
  commands: MongoCommands
  log: MongoLog
  owed: OwedEntries
  now: Now
}): MessageStore {
  const { commands, log, owed, now } = options
  const { edit, remove } = createMongoEdits(commands, owed, now)

  async function append(message: NewMessage): Promise<Message> {
    const stored = await log.append({
      id: message.id,
      cid: message.cid,
      author: message.uid,
      hash: contentHash.message(message),
      toDocument: ({ seq }, at) => toDocument(message, seq + 1, at),
      toEvent: (entry, users) => eventOf(toEntry(entry), users),
    })
    if (stored.kind !== 'text') throw nameReused()
    return toMessage(stored)
  }

  async function get(id: string, { cid, uid }: MessageQuery): Promise<Message> {
    const budget = startBudget()
    const [{ users }, message] = await Promise.all([
      findTail(commands, cid, budget),
      findMessage(commands, cid, id, budget),
    ])
    if (!users?.includes(uid)) throw noSuchChat()
    if (!message) throw noSuchMessage()
    return toMessage(message)
  }

  async function list(query: MessageListQuery): Promise<MessageList> {
    const { entries, hasMore } = await readPage(commands, query, startBudget())
    const data = entries.map(toShownEntry)
    const last = data.at(-1)
    return { object: 'list', data, ...(last && hasMore ? { nextCursor: last.id } : {}) }
  }

  async function after({ cid, uid, after, limit }: EntriesQuery): Promise<EntryList> {
    const budget = startBudget()
    const [{ users, tail }, entries] = await Promise.all([
      findTail(commands, cid, budget),
      findAfter(commands, cid, after, limit, budget),
    ])
    if (!users?.includes(uid)) throw noSuchChat()
    const edited = await findEdited(entries, budget)
    const data = entries.map((entry) =>
      toEntry(entry, entry.kind === 'edit' ? edited.get(entry.of.toHexString()) : undefined),
    )
    return { object: 'list', data, lastSeq: Math.max(tail.seq, data.at(-1)?.seq ?? 0) }
  }

  /** The messages that these entries are edits of, as they are now. */
  async function findEdited(
    entries: readonly EntryDocument[],
    budget: Budget,
  ): Promise<ReadonlyMap<string, ShownMessage>> {
    const edits = entries.flatMap((entry) => (entry.kind === 'edit' ? [entry] : []))
    const ids = new Map(edits.map(({ of }) => [of.toHexString(), of]))
    return await findMessages(
      commands,
      edits.slice(0, 1).map(({ cid }) => cid),
      [...ids.values()],
      budget,
    )
  }

  return { append, get, edit, remove, list, after, search: createMongoSearch(commands) }
}
