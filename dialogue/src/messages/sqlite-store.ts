import type { Message, MessageList, MessageListQuery, NewMessage } from '@roundtable/common/dialogue-wire'
import { createMembershipCheck } from '../chats/sqlite-membership.ts'
import { contentHash } from '../content-hash.ts'
import { foreignCursor, nameReused } from '../refusals.ts'
import type { SqliteDatabase } from '../sqlite/database.ts'
import type { MessageStore } from './store.ts'

interface MessageRow {
  id: string
  cid: string
  seq: number
  uid: number
  text: Uint8Array
  created_at: number
  hash: string
}

function toMessage(row: MessageRow): Message {
  return {
    object: 'message',
    id: row.id,
    cid: row.cid,
    uid: row.uid,
    createdAt: row.created_at,
    text: Buffer.from(row.text).toString(),
    seq: row.seq,
  }
}

/** Messages in SQLite. The latest activity of a chat is written with each message, in one transaction. */
export function createSqliteMessages(database: SqliteDatabase): MessageStore {
  const asMember = createMembershipCheck(database)
  const byId = database.prepare<MessageRow>('SELECT * FROM messages WHERE id = ?')
  const tail = database.prepare<{ seq: number | null }>('SELECT max(seq) AS seq FROM messages WHERE cid = ?')
  const insert = database.prepare(
    'INSERT INTO messages (cid, seq, id, uid, text, created_at, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const touch = database.prepare('UPDATE members SET at = max(at, ?) WHERE cid = ?')
  const page = database.prepare<MessageRow>(
    'SELECT * FROM messages WHERE cid = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
  )

  function append(message: NewMessage): Message {
    const { id, cid, uid, txt } = message
    asMember(cid, uid)
    const hash = contentHash.message(message)
    const stored = byId.get(id)
    if (stored) {
      if (stored.hash !== hash) throw nameReused()
      return toMessage(stored)
    }
    const now = Date.now()
    const createdAt = Math.floor(now / 1000)
    const seq = (tail.get(cid)?.seq ?? 0) + 1
    insert.run(cid, seq, id, uid, Buffer.from(txt), createdAt, hash)
    touch.run(now, cid)
    return { object: 'message', id, cid, uid, createdAt, text: txt, seq }
  }

  function list({ cid, uid, limit, cursor }: MessageListQuery): MessageList {
    asMember(cid, uid)
    const rows = page.all(cid, cursor === undefined ? Number.MAX_SAFE_INTEGER : seqOf(cid, cursor), limit + 1)
    const data = rows.slice(0, limit).map(toMessage)
    const last = data.at(-1)
    return { object: 'list', data, ...(last && rows.length > limit ? { nextCursor: last.id } : {}) }
  }

  function seqOf(cid: string, cursor: string): number {
    const row = byId.get(cursor)
    if (row?.cid !== cid) throw foreignCursor()
    return row.seq
  }

  return {
    append: async (message) => database.write(() => append(message)),
    list: async (query) => database.read(() => list(query)),
  }
}
