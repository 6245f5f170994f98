import { noSuchChat } from '../refusals.ts'
import type { SqliteDatabase } from '../sqlite/database.ts'

/** A row of the table chats. */
export interface ChatRow {
  id: string
  /** JSON array of user ids. */
  users: string
  rev: number
  created_at: number
  hash: string
  /** The last change of members, and the hash of its content. */
  change: string | null
  change_hash: string | null
  name: string | null
  direct: number
}

export function usersOf(row: ChatRow): number[] {
  return JSON.parse(row.users) as number[]
}

/** Reads a chat for one of its members. Call it within a read or a write. */
export function createMembershipCheck(database: SqliteDatabase) {
  const byId = database.prepare<ChatRow>('SELECT * FROM chats WHERE id = ?')
  /** @throws AppError 4040 */
  return (cid: string, uid: number): ChatRow => {
    const row = byId.get(cid)
    if (row === undefined || !usersOf(row).includes(uid)) throw noSuchChat()
    return row
  }
}
