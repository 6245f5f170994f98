import type { SearchQuery } from '@roundtable/common/dialogue-requests'
import type { FoundMessages, Message } from '@roundtable/common/dialogue-wire'
import { createMembershipCheck } from '../chats/sqlite-membership.ts'
import { foreignCursor } from '../refusals.ts'
import type { SqliteDatabase } from '../sqlite/database.ts'
import { type SearchedChat, searchChats } from './search-chats.ts'
import { searchWords } from './search-words.ts'
import { type EntryRow, toMessage } from './sqlite-entries.ts'

/** Searches by the table of words. */
export function createSqliteSearch(database: SqliteDatabase) {
  const asMember = createMembershipCheck(database)
  const byId = database.prepare<EntryRow & { row: number }>(
    'SELECT *, rowid AS row FROM messages WHERE id = ?',
  )
  const rowBelow = database.prepare<{ row: number }>(
    'SELECT rowid AS row FROM messages WHERE cid = ? AND seq = ?',
  )
  const matches = database.prepare<EntryRow>(
    `SELECT messages.* FROM words JOIN messages ON messages.rowid = words.rowid
     WHERE words MATCH ? AND words.rowid < ? ORDER BY words.rowid DESC LIMIT ?`,
  )
  const membership = database.prepare<object>('SELECT 1 FROM members WHERE cid = ? AND uid = ?')
  const latest = database.prepare<SearchedChat>(
    `SELECT at, cid FROM members WHERE uid = ? AND (at, cid) < (?, ?) ORDER BY at DESC, cid DESC LIMIT ?`,
  )

  function find(cid: string, words: readonly string[], below: number, limit: number): Message[] {
    const texts = words.map((word) => `"${word}"`).join(' AND ')
    return matches.all(`cid : "${cid}" AND text : (${texts})`, below, limit).map(toMessage)
  }

  return async ({ cid, uid, q, limit, cursor }: SearchQuery): Promise<FoundMessages> => {
    const words = searchWords(q)
    if (cid === undefined) {
      return await searchChats(
        { uid, limit, cursor },
        {
          chats: async (place, wanted) =>
            database.read(() =>
              latest.all(uid, place?.at ?? Number.MAX_SAFE_INTEGER, place?.cid ?? '', wanted),
            ),
          isMember: async (chat) => database.read(() => membership.get(chat, uid) !== undefined),
          find: async (chat, below, count) =>
            database.read(() =>
              find(chat, words, rowBelow.get(chat, below)?.row ?? Number.MAX_SAFE_INTEGER, count),
            ),
        },
      )
    }
    return database.read(() => {
      asMember(cid, uid)
      const seen = cursor === undefined ? undefined : byId.get(cursor)
      if (cursor !== undefined && seen?.cid !== cid) throw foreignCursor()
      const found = find(cid, words, seen?.row ?? Number.MAX_SAFE_INTEGER, limit + 1)
      const data = found.slice(0, limit)
      const last = data.at(-1)
      return { object: 'list', data, ...(last && found.length > limit ? { nextCursor: last.id } : {}) }
    })
  }
}
