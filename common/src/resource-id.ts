import { createHash, randomBytes } from 'node:crypto'

/** A chat or message id: 24 lower-case hex digits, as an ObjectId is written. */
export const resourceIdPattern = /^[0-9a-f]{24}$/

/** An id nobody has used. */
export function randomResourceId(): string {
  return randomBytes(12).toString('hex')
}

/**
 * The id that a keyed request always gets, whichever backend handles it and however often it is sent.
 * The owner is part of it, so that one user's keys never meet another's.
 * @param scope what the key is unique in: 'chats', or the id of the chat a message goes to
 */
export function derivedResourceId(uid: number, scope: string, key: string): string {
  return idOf([uid, scope, key])
}

/** The id of the direct chat of these two, whichever of them asks. */
export function directChatId(one: number, other: number): string {
  return idOf(['direct', Math.min(one, other), Math.max(one, other)])
}

function idOf(content: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24)
}
