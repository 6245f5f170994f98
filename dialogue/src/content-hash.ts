import { createHash } from 'node:crypto'
import type { MembersChange, MessageEdit, NewChat, NewMessage } from '@roundtable/common/dialogue-requests'

/**
 * What a repeated request is compared by: everything its caller chose, nothing that time or chance added.
 * Who is named counts, not in which order.
 */
export const contentHash = {
  /** Either of its users may be the first to ask for a direct chat. */
  chat: ({ uid, users, name, direct }: NewChat): string =>
    direct ? hash(['direct', sorted(users)]) : hash([uid, sorted(users), ...optional(name)]),
  change: (cid: string, uid: number, { rev, users, name }: MembersChange): string =>
    hash([cid, uid, rev, sorted(users), ...optional(name)]),
  message: ({ cid, uid, txt }: NewMessage): string => hash([cid, uid, txt]),
  /** Without the rev: sent again with the same key after it was done, it comes with another one. */
  edit: (id: string, { cid, uid, txt }: MessageEdit): string => hash([cid, uid, id, txt]),
  deletion: (id: string): string => hash(['deletion', id]),
}

/** The id of the entry that tells of the deletion of this message: there is one at most. */
export function deletionId(id: string): string {
  return createHash('sha256').update(`deletion ${id}`).digest('hex').slice(0, 24)
}

/** What was left out leaves the hash as it was before it could be named. */
function optional(value: string | undefined): string[] {
  return value === undefined ? [] : [value]
}

function sorted(users: readonly number[]): number[] {
  return users.toSorted((a, b) => a - b)
}

function hash(content: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)
}
