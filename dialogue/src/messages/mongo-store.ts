import type { MessageList, MessageListQuery } from '@roundtable/common/dialogue-wire'
import type { Activity } from '../chats/mongo-activity.ts'
import { findChatAsMember } from '../chats/mongo-membership.ts'
import { type Budget, requestBudgetMs, startBudget } from '../mongo/budget.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import type { Now } from '../mongo/store-clock.ts'
import { foreignCursor, noSuchChat } from '../refusals.ts'
import { createAppendQueue } from './append-queue.ts'
import { findMessage, findNewest, findPage, type StoredMessage, toMessage } from './mongo-documents.ts'
import { createMongoLog } from './mongo-log.ts'
import type { MessageStore } from './store.ts'

/** 200 of the longest messages are 3.2 MB, well below the 48 MB of one command. */
const maxBatch = 200
/** A little more than a flight takes at most, and below the second that the caller waits. */
const appendTimeoutMs = requestBudgetMs + 100

/** Messages in MongoDB. */
export function createMongoMessages(commands: MongoCommands, activity: Activity, now: Now): MessageStore {
  const { flight } = createMongoLog(commands, activity, now)
  const queue = createAppendQueue({ flight, maxBatch, timeoutMs: appendTimeoutMs })

  async function list({ cid, uid, limit, cursor }: MessageListQuery): Promise<MessageList> {
    const budget = startBudget()
    const found =
      cursor === undefined
        ? await listNewest(cid, uid, limit + 1, budget)
        : await listOlder(cid, uid, cursor, limit + 1, budget)
    const data = found.slice(0, limit).map(toMessage)
    const last = data.at(-1)
    return { object: 'list', data, ...(last && found.length > limit ? { nextCursor: last.id } : {}) }
  }

  async function listNewest(
    cid: string,
    uid: number,
    limit: number,
    budget: Budget,
  ): Promise<StoredMessage[]> {
    const { users, messages } = await findNewest(commands, cid, limit, budget)
    if (!users?.includes(uid)) throw noSuchChat()
    return messages
  }

  async function listOlder(
    cid: string,
    uid: number,
    cursor: string,
    limit: number,
    budget: Budget,
  ): Promise<StoredMessage[]> {
    // Together, not one after the other.
    const [, seen] = await Promise.all([
      findChatAsMember(commands, cid, uid, budget),
      findMessage(commands, cid, cursor, budget),
    ])
    if (!seen) throw foreignCursor()
    return await findPage(commands, cid, seen.seq, limit, budget)
  }

  return { append: (message) => queue.append(message), list }
}
