import { createHash, randomUUID } from 'node:crypto'

/** A chat or message id: 24 lower-case hex digits, as an ObjectId is written. */
export const resourceIdPattern = /^[0-9a-f]{24}$/

/** An id nobody has used: 96 bits of a UUID that are all random, as Node draws those many at a time. */
export function randomResourceId(): string {
  const uuid = randomUUID()
  return uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(24)
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
