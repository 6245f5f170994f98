import { type Chat, maxChatUsers } from '@roundtable/common/dialogue-wire'
import { AppError, errorCodes } from '@roundtable/common/errors'
import { derivedResourceId, randomResourceId } from '@roundtable/common/resource-id'
import type { DialogueClient } from '../balancing/dialogue-client.ts'
import type { NodeAnswer } from '../balancing/node-answer.ts'

/** What is asked about users before they are added to a chat. */
export interface People {
  /** Which of these ids belong to nobody. */
  findMissing(uids: readonly number[]): Promise<number[]>
  /** Which of the others have blocked this user. */
  findBlocked(uid: number, others: readonly number[]): Promise<number[]>
}

/** The id of what a request makes: the same for the same key, unused without one. */
export function nameResource(uid: number, scope: string, key: string | undefined): string {
  return key === undefined ? randomResourceId() : derivedResourceId(uid, scope, key)
}

/**
 * The members of a new chat: those named and the creator.
 * @throws AppError 4001 when nobody else is named, too many are, or one is unknown; 4031 when one has blocked the creator
 */
export async function membersOfNewChat(
  uid: number,
  named: readonly number[],
  people: People,
): Promise<number[]> {
  const users = named.includes(uid) ? [...named] : [...named, uid]
  if (users.length < 2) throw new AppError(errorCodes.field, 'users: name at least one other user')
  const added = users.filter((user) => user !== uid)
  await checkMembers({ uid, users, added }, people)
  return users
}

async function checkMembers(
  { uid, users, added }: { uid: number; users: readonly number[]; added: readonly number[] },
  people: People,
): Promise<void> {
  if (users.length > maxChatUsers) {
    throw new AppError(errorCodes.field, `users: a chat has at most ${maxChatUsers} users`)
  }
  if (added.length === 0) return
  const [missing, blocked] = await Promise.all([people.findMissing(added), people.findBlocked(uid, added)])
  if (missing.length > 0) {
    throw new AppError(errorCodes.field, `users: there is no user ${missing.join(', ')}`)
  }
  if (blocked.length > 0) {
    throw new AppError(errorCodes.forbidden, `users: not to be added by you: ${blocked.join(', ')}`)
  }
}

/**
 * Replaces the members of a chat, on the revision read just before: a repeated or late request changes nothing twice.
 * @returns the node's answer, also one that refuses: 4040, or 4091 when someone else changed the chat meanwhile
 * @throws AppError 4001 when an added user is unknown, 4031 when one has blocked who adds them
 */
export async function changeMembers(
  dialogue: DialogueClient,
  people: People,
  change: { cid: string; uid: number; users: readonly number[]; requestId: string },
): Promise<NodeAnswer> {
  const { cid, uid, users, requestId } = change
  const path = `/chats/${cid}?uid=${uid}`
  const read = await dialogue.send({ method: 'GET', path, requestId })
  if (read.status !== 200) return read
  const chat = JSON.parse(read.body.toString()) as Chat
  const added = users.filter((user) => !chat.users.includes(user))
  await checkMembers({ uid, users, added }, people)
  const body = { change: randomResourceId(), rev: chat.rev, users }
  return dialogue.send({ method: 'PUT', path, body, requestId })
}
