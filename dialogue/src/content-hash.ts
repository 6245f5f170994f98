import { createHash } from 'node:crypto'
import type { MembersChange, NewChat, NewMessage } from '@roundtable/common/dialogue-wire'

/**
 * What a repeated request is compared by: everything its caller chose, nothing that time or chance added.
 * Who is named counts, not in which order.
 */
export const contentHash = {
  chat: ({ uid, users }: NewChat): string => hash([uid, sorted(users)]),
  change: (cid: string, uid: number, { rev, users }: MembersChange): string =>
    hash([cid, uid, rev, sorted(users)]),
  message: ({ cid, uid, txt }: NewMessage): string => hash([cid, uid, txt]),
}

function sorted(users: readonly number[]): number[] {
  return users.toSorted((a, b) => a - b)
}

function hash(content: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)
}
