import type { ChatEvent } from '@roundtable/common/chat-events'
import type { OnStored } from '../on-stored.ts'
import type { SqliteDatabase } from '../sqlite/database.ts'
import { eventOf } from './event-of.ts'
import { type EntryRow, toEntry } from './sqlite-entries.ts'

/** What a new entry is made of; the log adds its place. */
export type NewRow = Pick<EntryRow, 'id' | 'cid' | 'uid' | 'hash' | 'kind'> & {
  /** Unix milliseconds. */
  at: number
  text?: Buffer
  target?: string
  detail?: string
}

/**
 * The logs in the table messages. What the entries of a write are told as is collected, and told once it is stored.
 */
export function createSqliteLog(database: SqliteDatabase, onStored: OnStored | undefined) {
  const byId = database.prepare<EntryRow>('SELECT * FROM messages WHERE id = ?')
  const tailOf = database.prepare<{ seq: number | null }>(
    'SELECT max(seq) AS seq FROM messages WHERE cid = ?',
  )
  const insert = database.prepare(
    `INSERT INTO messages (cid, seq, id, uid, text, created_at, hash, kind, target, detail)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const touch = database.prepare('UPDATE members SET at = max(at, ?) WHERE cid = ?')
  let told: ChatEvent[] = []

  const find = (id: string): EntryRow | undefined => byId.get(id)

  /** Puts the entry at the end of the log. Call it within write(). */
  function append(row: NewRow, users: readonly number[]): EntryRow {
    const { id, cid, uid, hash, kind, at, text = Buffer.alloc(0), target = null, detail = null } = row
    const seq = (tailOf.get(cid)?.seq ?? 0) + 1
    const createdAt = Math.floor(at / 1000)
    insert.run(cid, seq, id, uid, text, createdAt, hash, kind, target, detail)
    if (kind === 'text' || kind === 'members') touch.run(at, cid)
    const stored: EntryRow = {
      ...{ id, cid, seq, uid, text, hash, kind, target, detail },
      created_at: createdAt,
      edited_at: null,
      rev: 0,
      deleted: 0,
    }
    if (onStored) told.push(eventOf(toEntry(stored, target === null ? undefined : find(target)), users))
    return stored
  }

  return {
    find,
    append,
    /** The seq of the newest entry, 0 when there is none. */
    lastSeq: (cid: string): number => tailOf.get(cid)?.seq ?? 0,
    /** Writes, and tells what is to be told when it is stored. */
    async write<T>(work: () => T): Promise<T> {
      const { result, events } = await database.write(() => {
        told = []
        return { result: work(), events: told }
      })
      for (const event of events) onStored?.(event)
      return result
    },
    /** Tells this when the write under way is stored. */
    tell(event: ChatEvent): void {
      told.push(event)
    },
  }
}

export type SqliteLog = ReturnType<typeof createSqliteLog>
