import { ObjectId } from 'mongodb'
import type { Budget } from '../mongo/budget.ts'
import { type ChatDocument, collections, headSeq, logIndex } from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { noSuchChat } from '../refusals.ts'

/** The head of a log, but for its summary. */
export type ChatHead = Omit<ChatDocument, 'summary'>

export async function findChat(
  commands: MongoCommands,
  cid: string,
  budget: Budget,
): Promise<ChatHead | undefined> {
  const [chat] = await commands.find<ChatHead>(
    {
      find: collections.log,
      filter: { cid: new ObjectId(cid), seq: headSeq },
      projection: { summary: 0 },
      hint: logIndex,
      limit: 1,
    },
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
): Promise<ChatHead> {
  const chat = await findChat(commands, cid, budget)
  if (!chat?.users.includes(uid)) throw noSuchChat()
  return chat
}
