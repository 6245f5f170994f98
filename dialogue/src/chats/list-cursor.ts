import { foreignCursor } from '../refusals.ts'

/** A place in a user's list of chats, which is ordered by latest activity, then by id. */
export interface ListPlace {
  /** Latest activity, unix milliseconds. */
  at: number
  cid: string
}

/** The cursor after which a page goes on. It is good for the list of this user only. */
export function encodeListCursor(uid: number, { at, cid }: ListPlace): string {
  return Buffer.from(`${uid}.${at}.${cid}`).toString('base64url')
}

/** @throws AppError 4001 when the cursor is from elsewhere */
export function decodeListCursor(uid: number, cursor: string): ListPlace {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  const parts = /^(\d{1,16})\.(\d{1,15})\.([0-9a-f]{24})$/.exec(text)
  const [, owner, at, cid] = parts ?? []
  if (cid === undefined || Number(owner) !== uid) throw foreignCursor()
  return { at: Number(at), cid }
}
