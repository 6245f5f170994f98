import type { Chat } from '@roundtable/common/dialogue-wire'
import { ObjectId } from 'mongodb'
import type { Budget } from '../mongo/budget.ts'
import { type ChatDocument, collections, headSeq, logIndex } from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { noSuchChat } from '../refusals.ts'

export function toChat(chat: Pick<ChatDocument, '_id' | 'users' | 'rev' | 'createdAt'>): Chat {
  return {
    object: 'chat',
    id: chat._id.toHexString(),
    users: chat.users,
    createdAt: chat.createdAt,
    rev: chat.rev,
  }
}

export async function findChat(
  commands: MongoCommands,
  cid: string,
  budget: Budget,
): Promise<ChatDocument | undefined> {
  const [chat] = await commands.find<ChatDocument>(
    { find: collections.log, filter: { cid: new ObjectId(cid), seq: headSeq }, hint: logIndex, limit: 1 },
    budget,
  )
  return chat
}

/** @throws AppError 4040 */
export async function findChatAsMember(
  commands: MongoCommands,
  cid: string,
  uid: number,
  budget: Budget,
): Promise<ChatDocument> {
  const chat = await findChat(commands, cid, budget)
  if (!chat?.users.includes(uid)) throw noSuchChat()
  return chat
}
