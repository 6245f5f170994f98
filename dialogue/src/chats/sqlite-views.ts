import { type Chat, maxUnread } from '@roundtable/common/dialogue-wire'
import { type EntryRow, toMessage } from '../messages/sqlite-entries.ts'
import type { SqliteLog } from '../messages/sqlite-log.ts'
import type { SqliteDatabase } from '../sqlite/database.ts'
import { type ChatRow, usersOf } from './sqlite-membership.ts'

/** Shows chats as their members see them. */
export function createSqliteViews(database: SqliteDatabase, log: SqliteLog) {
  const markOf = database.prepare<{ read: number }>('SELECT read FROM members WHERE cid = ? AND uid = ?')
  const newest = database.prepare<EntryRow>(
    "SELECT * FROM messages WHERE cid = ? AND kind = 'text' ORDER BY seq DESC LIMIT 1",
  )
  const unread = database.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM (
       SELECT 1 FROM messages WHERE cid = ? AND seq > ? AND uid <> ? AND kind = 'text' AND deleted = 0
       LIMIT ${maxUnread}
     )`,
  )

  /** Up to where the user has read. */
  const readSeq = (cid: string, uid: number): number => markOf.get(cid, uid)?.read ?? 0

  /** For who has left it, the chat as one that nobody has written into. */
  function toChat(row: ChatRow, uid: number): Chat {
    const users = usersOf(row)
    const isMember = users.includes(uid)
    const mark = readSeq(row.id, uid)
    const last = isMember ? newest.get(row.id) : undefined
    return {
      object: 'chat',
      id: row.id,
      users,
      createdAt: row.created_at,
      rev: row.rev,
      ...(row.name === null ? {} : { name: row.name }),
      ...(row.direct ? { direct: true } : {}),
      lastSeq: isMember ? log.lastSeq(row.id) : 0,
      ...(last ? { lastMessage: toMessage(last) } : {}),
      unread: isMember ? (unread.get(row.id, mark, uid)?.count ?? 0) : 0,
      readSeq: mark,
    }
  }

  return { readSeq, toChat }
}
