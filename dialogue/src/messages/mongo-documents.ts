import type { Message, NewMessage } from '@roundtable/common/dialogue-wire'
import { type Document, ObjectId } from 'mongodb'
import { contentHash } from '../content-hash.ts'
import type { Budget } from '../mongo/budget.ts'
import {
  type ChatDocument,
  collections,
  idIndex,
  logIndex,
  type MessageDocument,
} from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'

/** What a message is answered from. */
export type StoredMessage = Omit<MessageDocument, 'hash' | 'kind' | 'unsettled'>

const answered = { cid: 1, seq: 1, uid: 1, text: 1, createdAt: 1 }

export function toDocument(message: NewMessage, seq: number, at: Date): MessageDocument {
  return {
    _id: new ObjectId(message.id),
    cid: new ObjectId(message.cid),
    seq,
    uid: message.uid,
    text: message.txt,
    createdAt: Math.floor(at.getTime() / 1000),
    hash: contentHash.message(message),
    kind: 'text',
  }
}

export function toMessage(stored: StoredMessage): Message {
  return {
    object: 'message',
    id: stored._id.toHexString(),
    cid: stored.cid.toHexString(),
    uid: stored.uid,
    createdAt: stored.createdAt,
    text: stored.text,
    seq: stored.seq,
  }
}

/** The messages of a chat's log below `seq`, newest first. */
export function findPage(
  commands: MongoCommands,
  cid: string,
  below: number,
  limit: number,
  budget: Budget,
): Promise<StoredMessage[]> {
  return commands.find(
    {
      find: collections.log,
      filter: { cid: new ObjectId(cid), seq: { $lt: below } },
      sort: { seq: -1 },
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
  messages: T[]
}

/** Who may see the chat, and its newest messages, in one command. */
export function findNewest(
  commands: MongoCommands,
  cid: string,
  limit: number,
  budget: Budget,
): Promise<LogEnd<StoredMessage>> {
  return findEnd(commands, cid, { projection: answered, limit }, budget)
}

/**
 * Who may write into the chat, and the last number given in its log that can never be taken back; 0 when it is empty.
 */
export async function findTail(
  commands: MongoCommands,
  cid: string,
  budget: Budget,
): Promise<{ users: readonly number[] | undefined; tail: number }> {
  const what = { projection: { _id: 0, seq: 1 }, limit: 1 }
  const { users, messages } = await findEnd<Pick<MessageDocument, 'seq'>>(commands, cid, what, budget)
  return { users, tail: messages[0]?.seq ?? 0 }
}

async function findEnd<T>(
  commands: MongoCommands,
  cid: string,
  { projection, limit }: { projection: Document; limit: number },
  budget: Budget,
): Promise<LogEnd<T>> {
  const [head, ...messages] = await commands.find<Pick<ChatDocument, 'users'> & T>(
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
  return { users: head?.users, messages }
}

/** A message of this chat. */
export async function findMessage(
  commands: MongoCommands,
  cid: string,
  id: string,
  budget: Budget,
): Promise<MessageDocument | undefined> {
  const filter = { cid: new ObjectId(cid), _id: new ObjectId(id) }
  const [found] = await commands.find<MessageDocument | ChatDocument>(
    { find: collections.log, filter, hint: idIndex, limit: 1 },
    budget,
  )
  return found?.kind === 'text' ? found : undefined
}

/** Whether an entry of any log has this id. It asks every shard: for the odd case only. */
export async function isUsed(commands: MongoCommands, id: string, budget: Budget): Promise<boolean> {
  const filter = { _id: new ObjectId(id) }
  const [message] = await commands.find<MessageDocument>(
    { find: collections.log, filter, projection: { _id: 1 }, limit: 1 },
    budget,
  )
  return message !== undefined
}
