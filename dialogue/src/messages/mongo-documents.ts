import type { Message, NewMessage } from '@roundtable/common/dialogue-wire'
import { ObjectId } from 'mongodb'
import { contentHash } from '../content-hash.ts'
import type { Budget } from '../mongo/budget.ts'
import { collections, idIndex, logIndex, type MessageDocument } from '../mongo/collections.ts'
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

/** The entries of a chat's log below `seq`, newest first. */
export function findPage(
  commands: MongoCommands,
  cid: string,
  below: number | undefined,
  limit: number,
  budget: Budget,
): Promise<StoredMessage[]> {
  return commands.find(
    {
      find: collections.messages,
      filter: { cid: new ObjectId(cid), ...(below === undefined ? {} : { seq: { $lt: below } }) },
      sort: { seq: -1 },
      projection: answered,
      hint: logIndex,
      limit,
    },
    budget,
  )
}

/** The last number given in a chat's log that can never be taken back; 0 when it is empty. */
export async function findTail(commands: MongoCommands, cid: string, budget: Budget): Promise<number> {
  const [last] = await commands.find<Pick<MessageDocument, 'seq'>>(
    {
      find: collections.messages,
      filter: { cid: new ObjectId(cid) },
      sort: { seq: -1 },
      projection: { _id: 0, seq: 1 },
      hint: logIndex,
      limit: 1,
    },
    budget,
  )
  return last?.seq ?? 0
}

/** A message of this chat. */
export async function findMessage(
  commands: MongoCommands,
  cid: string,
  id: string,
  budget: Budget,
): Promise<MessageDocument | undefined> {
  const filter = { cid: new ObjectId(cid), _id: new ObjectId(id) }
  const [message] = await commands.find<MessageDocument>(
    { find: collections.messages, filter, hint: idIndex, limit: 1 },
    budget,
  )
  return message
}

/** Whether a message of any chat has this id. It asks every shard: for the odd case only. */
export async function isUsed(commands: MongoCommands, id: string, budget: Budget): Promise<boolean> {
  const filter = { _id: new ObjectId(id) }
  const [message] = await commands.find<MessageDocument>(
    { find: collections.messages, filter, projection: { _id: 1 }, limit: 1 },
    budget,
  )
  return message !== undefined
}
