import type { SearchQuery } from '@roundtable/common/dialogue-requests'
import type { FoundMessages, Message } from '@roundtable/common/dialogue-wire'
import { ObjectId } from 'mongodb'
import { findConfirmed, findConfirmedRows } from '../chats/mongo-list-rows.ts'
import { findChatAsMember } from '../chats/mongo-membership.ts'
import { type Budget, startBudget } from '../mongo/budget.ts'
import { collections, type ShownMessage } from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { foreignCursor } from '../refusals.ts'
import { toMessage } from './mongo-entries.ts'
import { findMessage, shownFields } from './mongo-finds.ts'
import { searchChats } from './search-chats.ts'
import { searchWords } from './search-words.ts'

/** Searches by the index of words, which takes one chat at a time. */
export function createMongoSearch(commands: MongoCommands) {
  return async ({ cid, uid, q, limit, cursor }: SearchQuery): Promise<FoundMessages> => {
    const budget = startBudget()
    const words = searchWords(q)
    if (cid === undefined) {
      return await searchChats(
        { uid, limit, cursor },
        {
          chats: async (place, wanted) => await findConfirmedRows(commands, uid, place, wanted, budget),
          isMember: async (chat) =>
            (await findConfirmed(commands, uid, [new ObjectId(chat)], budget, { _id: 1 })).length > 0,
          find: (chat, below, count) => find(chat, words, below, count, budget),
        },
      )
    }
    const [, seen] = await Promise.all([
      findChatAsMember(commands, cid, uid, budget),
      cursor === undefined ? undefined : findMessage(commands, cid, asId(cursor), budget),
    ])
    if (cursor !== undefined && !seen) throw foreignCursor()
    const found = await find(cid, words, seen?.seq ?? Number.MAX_SAFE_INTEGER, limit + 1, budget)
    const data = found.slice(0, limit)
    const last = data.at(-1)
    return { object: 'list', data, ...(last && found.length > limit ? { nextCursor: last.id } : {}) }
  }

  /**
   * The index gives the messages that have the words, of one chat; of these the newest are picked. A text search takes
   * no hint: it can use no other index. https://www.mongodb.com/docs/v6.0/reference/operator/query/text/
   */
  async function find(
    cid: string,
    words: readonly string[],
    below: number,
    limit: number,
    budget: Budget,
  ): Promise<Message[]> {
    // In quotes: all of the words, not any.
    const search = words.map((word) => `"${word}"`).join(' ')
    const found = await commands.find<ShownMessage>(
      {
        find: collections.log,
        filter: { cid: new ObjectId(cid), $text: { $search: search }, seq: { $lt: below } },
        sort: { seq: -1 },
        projection: shownFields,
        limit,
      },
      budget,
    )
    return found.map(toMessage)
  }
}

/** @throws AppError 4001 */
function asId(cursor: string): string {
  if (!/^[0-9a-f]{24}$/.test(cursor)) throw foreignCursor()
  return cursor
}
