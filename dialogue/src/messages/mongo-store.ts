import type { MessageList, MessageListQuery } from '@roundtable/common/dialogue-wire'
import type { Activity } from '../chats/mongo-activity.ts'
import { findChatAsMember } from '../chats/mongo-membership.ts'
import { requestBudgetMs, startBudget } from '../mongo/budget.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import type { Now } from '../mongo/store-clock.ts'
import { foreignCursor } from '../refusals.ts'
import { createAppendQueue } from './append-queue.ts'
import { findMessage, findPage, toMessage } from './mongo-documents.ts'
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
    const asMember = findChatAsMember(commands, cid, uid, budget)
    const newest = cursor === undefined ? findPage(commands, cid, undefined, limit + 1, budget) : undefined
    const seen = cursor === undefined ? undefined : findMessage(commands, cid, cursor, budget)
    // Together, not one after the other: a page is one round trip, an older one two.
    const [, firstPage, seenMessage] = await Promise.all([asMember, newest, seen])
    if (cursor !== undefined && !seenMessage) throw foreignCursor()
    const found = firstPage ?? (await findPage(commands, cid, seenMessage?.seq, limit + 1, budget))
    const data = found.slice(0, limit).map(toMessage)
    const last = data.at(-1)
    return { object: 'list', data, ...(last && found.length > limit ? { nextCursor: last.id } : {}) }
  }

  return { append: (message) => queue.append(message), list }
}
