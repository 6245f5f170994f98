import type {
  EntriesQuery,
  MessageListQuery,
  MessageQuery,
  NewMessage,
} from '@roundtable/common/dialogue-requests'
import type { EntryList, Message, MessageList } from '@roundtable/common/dialogue-wire'
import { createMembershipCheck, usersOf } from '../chats/sqlite-membership.ts'
import { contentHash } from '../content-hash.ts'
import type { OnStored } from '../on-stored.ts'
import { foreignCursor, nameReused, noSuchMessage } from '../refusals.ts'
import type { SqliteDatabase } from '../sqlite/database.ts'
import { createSqliteEdits } from './sqlite-edits.ts'
import { type EntryRow, toEntry, toMessage, toShownEntry } from './sqlite-entries.ts'
import { createSqliteLog } from './sqlite-log.ts'
import { createSqliteSearch } from './sqlite-search.ts'
import type { MessageStore } from './store.ts'

/** Messages in SQLite. What belongs together is written in one transaction. */
export function createSqliteMessages(database: SqliteDatabase, onStored?: OnStored): MessageStore {
  const asMember = createMembershipCheck(database)
  const log = createSqliteLog(database, onStored)
  const { edit, remove } = createSqliteEdits(database, log)
  const search = createSqliteSearch(database)
  const page = database.prepare<EntryRow>(
    `SELECT * FROM messages WHERE cid = ? AND seq < ? AND kind IN ('text', 'members') ORDER BY seq DESC LIMIT ?`,
  )
  const following = database.prepare<EntryRow>(
    'SELECT * FROM messages WHERE cid = ? AND seq > ? ORDER BY seq LIMIT ?',
  )

  function append(message: NewMessage): Message {
    const { id, cid, uid, txt } = message
    const chat = asMember(cid, uid)
    const hash = contentHash.message(message)
    const stored = log.find(id)
    if (stored) {
      if (stored.hash !== hash) throw nameReused()
      return toMessage(stored)
    }
    const row = { id, cid, uid, hash, kind: 'text' as const, at: Date.now(), text: Buffer.from(txt) }
    return toMessage(log.append(row, usersOf(chat)))
  }

  function get(id: string, { cid, uid }: MessageQuery): Message {
    asMember(cid, uid)
    const row = log.find(id)
    if (row?.cid !== cid || row.kind !== 'text') throw noSuchMessage()
    return toMessage(row)
  }

  function list({ cid, uid, limit, cursor }: MessageListQuery): MessageList {
    asMember(cid, uid)
    const rows = page.all(cid, cursor === undefined ? Number.MAX_SAFE_INTEGER : seqOf(cid, cursor), limit + 1)
    const data = rows.slice(0, limit).map(toShownEntry)
    const last = data.at(-1)
    return { object: 'list', data, ...(last && rows.length > limit ? { nextCursor: last.id } : {}) }
  }

  function seqOf(cid: string, cursor: string): number {
    const row = log.find(cursor)
    if (row?.cid !== cid) throw foreignCursor()
    return row.seq
  }

  function after({ cid, uid, after: seq, limit }: EntriesQuery): EntryList {
    asMember(cid, uid)
    const rows = following.all(cid, seq, limit)
    const data = rows.map((row) => toEntry(row, row.target === null ? undefined : log.find(row.target)))
    return { object: 'list', data, lastSeq: log.lastSeq(cid) }
  }

  return {
    append: (message) => log.write(() => append(message)),
    get: async (id, query) => database.read(() => get(id, query)),
    edit: (id, request) => log.write(() => edit(id, request)),
    remove: (id, request) => log.write(() => remove(id, request)),
    list: async (query) => database.read(() => list(query)),
    after: async (query) => database.read(() => after(query)),
    search,
  }
}
