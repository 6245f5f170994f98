import type { LogEntry, Message, ShownEntry } from '@roundtable/common/dialogue-wire'

/** A row of the table messages: an entry of a log. */
export interface EntryRow {
  id: string
  cid: string
  seq: number
  uid: number
  text: Uint8Array
  created_at: number
  hash: string
  kind: 'text' | 'members' | 'edit' | 'deletion'
  edited_at: number | null
  rev: number
  deleted: number
  /** The message that an edit or a deletion is about. */
  target: string | null
  /** JSON: whom a change of members added and removed, and the new name. */
  detail: string | null
}

/** What `detail` holds. */
export interface MembersDetail {
  added: number[]
  removed: number[]
  name?: string
}

export function toMessage(row: EntryRow): Message {
  return {
    object: 'message',
    id: row.id,
    cid: row.cid,
    uid: row.uid,
    createdAt: row.created_at,
    text: Buffer.from(row.text).toString(),
    seq: row.seq,
    ...(row.edited_at === null ? {} : { editedAt: row.edited_at }),
    ...(row.rev === 0 ? {} : { rev: row.rev }),
    ...(row.deleted ? { deleted: true } : {}),
  }
}

/** Of an entry that pages show. */
export function toShownEntry(row: EntryRow): ShownEntry {
  if (row.kind === 'text') return toMessage(row)
  const { id, seq, cid, uid, created_at: createdAt } = row
  const detail = JSON.parse(row.detail ?? '{}') as MembersDetail
  return { object: 'members', id, seq, cid, uid, ...detail, createdAt }
}

/** @param message what an edit was made of, as it is now */
export function toEntry(row: EntryRow, message?: EntryRow): LogEntry {
  const { seq, cid, uid, created_at: at } = row
  const where = { seq, cid, id: row.target ?? row.id, uid }
  if (row.kind === 'deletion') return { object: 'deletion', ...where, createdAt: at }
  if (row.kind !== 'edit') return toShownEntry(row)
  return {
    object: 'edit',
    ...where,
    text: message ? toMessage(message).text : '',
    editedAt: at,
    ...(message?.rev ? { rev: message.rev } : {}),
    createdAt: message?.created_at ?? at,
  }
}
