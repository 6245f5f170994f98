import { type Document, ObjectId } from 'mongodb'
import type { Budget } from '../mongo/budget.ts'
import {
  type ChatDocument,
  collections,
  type EntryDocument,
  idIndex,
  logIndex,
  type MessageDocument,
  type ShownMessage,
} from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'

/** What a message is answered from. */
export const shownFields = {
  cid: 1,
  seq: 1,
  uid: 1,
  text: 1,
  createdAt: 1,
  editedAt: 1,
  rev: 1,
  deleted: 1,
}
/** What any entry is answered from. */
const answered = { ...shownFields, kind: 1, added: 1, removed: 1, name: 1, of: 1, below: 1 }

/** The entries of a chat's log below `seq`, newest first. */
export function findPage(
  commands: MongoCommands,
  cid: string,
  below: number,
  limit: number,
  budget: Budget,
): Promise<EntryDocument[]> {
  return findEntries(commands, cid, { $lt: below }, -1, limit, budget)
}

/** The entries of a chat's log above `seq`, oldest first. */
export function findAfter(
  commands: MongoCommands,
  cid: string,
  after: number,
  limit: number,
  budget: Budget,
): Promise<EntryDocument[]> {
  return findEntries(commands, cid, { $gt: after }, 1, limit, budget)
}

/** A comparison with a number is one among numbers: it leaves out the head, whose seq is none. */
function findEntries(
  commands: MongoCommands,
  cid: string,
  seq: Document,
  direction: 1 | -1,
  limit: number,
  budget: Budget,
): Promise<EntryDocument[]> {
  return commands.find(
    {
      find: collections.log,
      filter: { cid: new ObjectId(cid), seq },
      sort: { seq: direction },
      projection: answered,
      hint: logIndex,
      limit,
    },
    budget,
  )
}

/** The end of a log that is on a majority. */
export interface LogEnd<T> {
  /** Members of the chat; undefined when there is no such chat. */
  users: readonly number[] | undefined
  /** Newest first. */
  entries: T[]
}

/** Who may see the chat, and its newest entries, in one command. */
export function findNewest(
  commands: MongoCommands,
  cid: string,
  limit: number,
  budget: Budget,
): Promise<LogEnd<EntryDocument>> {
  return findEnd(commands, cid, { projection: answered, limit }, budget)
}

/** Where a log goes on. */
export interface Tail {
  /** The last number given that can never be taken back; 0 when there is none. */
  seq: number
  /** That of the nearest entry, from there down, that a page shows. */
  shown: number
}

export const emptyTail: Tail = { seq: 0, shown: 0 }

/** Who may write into the chat, and where its log goes on. */
export async function findTail(
  commands: MongoCommands,
  cid: string,
  budget: Budget,
): Promise<{ users: readonly number[] | undefined; tail: Tail }> {
  const what = { projection: { _id: 0, seq: 1, below: 1 }, limit: 1 }
  const { users, entries } = await findEnd<{ seq: number; below?: number }>(commands, cid, what, budget)
  const [last] = entries
  return { users, tail: last ? { seq: last.seq, shown: last.below ?? last.seq } : emptyTail }
}

async function findEnd<T>(
  commands: MongoCommands,
  cid: string,
  { projection, limit }: { projection: Document; limit: number },
  budget: Budget,
): Promise<LogEnd<T>> {
  const [head, ...entries] = await commands.find<Pick<ChatDocument, 'users'> & T>(
    {
      find: collections.log,
      filter: { cid: new ObjectId(cid) },
      sort: { seq: -1 },
      projection: { ...projection, users: 1 },
      hint: logIndex,
      limit: limit + 1,
    },
    budget,
  )
  return { users: head?.users, entries }
}

/** An entry of this chat, whole. */
export async function findEntry(
  commands: MongoCommands,
  cid: string,
  id: string,
  budget: Budget,
): Promise<EntryDocument | undefined> {
  const filter = { cid: new ObjectId(cid), _id: new ObjectId(id) }
  const [found] = await commands.find<EntryDocument | ChatDocument>(
    { find: collections.log, filter, projection: { summary: 0 }, hint: idIndex, limit: 1 },
    budget,
  )
  return found === undefined || found.kind === 'chat' ? undefined : found
}

/** A message of this chat, whole. */
export async function findMessage(
  commands: MongoCommands,
  cid: string,
  id: string,
  budget: Budget,
): Promise<MessageDocument | undefined> {
  const found = await findEntry(commands, cid, id, budget)
  return found?.kind === 'text' ? found : undefined
}

/** These messages of these chats, as they are now, by id. */
export async function findMessages(
  commands: MongoCommands,
  cids: readonly ObjectId[],
  ids: readonly ObjectId[],
  budget: Budget,
): Promise<Map<string, ShownMessage>> {
  if (ids.length === 0) return new Map()
  const messages = await commands.find<ShownMessage>(
    {
      find: collections.log,
      filter: { cid: { $in: cids }, _id: { $in: ids }, kind: 'text' },
      projection: shownFields,
      hint: idIndex,
      limit: ids.length,
    },
    budget,
  )
  return new Map(messages.map((message) => [message._id.toHexString(), message]))
}

/** Whether an entry of any log has this id. It asks every shard: for the odd case only. */
export async function isUsed(commands: MongoCommands, id: string, budget: Budget): Promise<boolean> {
  const filter = { _id: new ObjectId(id) }
  const [entry] = await commands.find<EntryDocument>(
    { find: collections.log, filter, projection: { _id: 1 }, limit: 1 },
    budget,
  )
  return entry !== undefined
}
