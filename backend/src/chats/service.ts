import type { NewChat } from '@roundtable/common/dialogue-requests'
import { type Chat, type Message, maxChatUsers } from '@roundtable/common/dialogue-wire'
import { AppError, type ErrorBody, type ErrorCode, errorCodes } from '@roundtable/common/errors'
import { derivedResourceId, directChatId, randomResourceId } from '@roundtable/common/resource-id'
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
async function membersOfNewChat(uid: number, named: readonly number[], people: People): Promise<number[]> {
  const users = named.includes(uid) ? [...named] : [...named, uid]
  if (users.length < 2) throw new AppError(errorCodes.field, 'users: name at least one other user')
  const added = users.filter((user) => user !== uid)
  await checkMembers({ uid, users, added }, people)
  return users
}

/**
 * What a node is asked for to make a chat.
 * @param named who is to be in it; the creator is added when missing
 * @throws AppError as membersOfNewChat does; 4001 when a direct chat is not one of two, or has a name
 */
export async function newChatOf(
  request: { uid: number; key: string | undefined },
  {
    users: named,
    name,
    direct,
  }: { users: readonly number[]; name?: string | undefined; direct?: boolean | undefined },
  people: People,
): Promise<NewChat> {
  const { uid, key } = request
  const users = await membersOfNewChat(uid, named, people)
  if (!direct)
    return { id: nameResource(uid, 'chats', key), uid, users, ...(name === undefined ? {} : { name }) }
  const [one, other] = users
  if (one === undefined || other === undefined || users.length > 2) {
    throw new AppError(errorCodes.field, 'users: a direct chat is one of two')
  }
  if (name !== undefined) throw new AppError(errorCodes.field, 'name: a direct chat has none')
  return { id: directChatId(one, other), uid, users, direct }
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

/** What a change makes of a chat; undefined when the chat is that already. */
export type Change = (chat: Chat) => { users: readonly number[]; name?: string } | undefined

/** Tries of a change that others are quicker than, each on the chat as it is then. */
const maxTries = 5

/**
 * Changes the members or the name of a chat, on the revision read just before: a repeated or late request changes
 * nothing twice.
 * @param options.isFirm the change names the whole outcome: it is not tried again on what others have made meanwhile
 * @returns the node's answer, also one that refuses: 4031 for a direct chat, 4040, or 4091 when others changed the
 * chat meanwhile
 * @throws AppError 4001 when an added user is unknown, 4031 when one has blocked who adds them
 */
export async function changeChat(
  { dialogue, people }: { dialogue: DialogueClient; people: People },
  request: { cid: string; uid: number; requestId: string },
  change: Change,
  options: { isFirm?: boolean } = {},
): Promise<NodeAnswer> {
  const { cid, uid, requestId } = request
  const path = `/chats/${cid}?uid=${uid}`
  for (let tries = 1; ; tries += 1) {
    const read = await dialogue.send({ method: 'GET', path, requestId })
    if (read.status !== 200) return read
    const chat = JSON.parse(read.body.toString()) as Chat
    const next = change(chat)
    if (!next) return read
    const added = next.users.filter((user) => !chat.users.includes(user))
    await checkMembers({ uid, users: next.users, added }, people)
    const body = { change: randomResourceId(), rev: chat.rev, ...next }
    const answer = await dialogue.send({ method: 'PUT', path, body, requestId })
    if (options.isFirm || tries === maxTries || !isRefusal(answer, errorCodes.changedMeanwhile)) return answer
  }
}

/**
 * Gives a message another text, on the revision read just before, or on the one that the caller names.
 * @returns the node's answer, also one that refuses: 4031 for who is not its author, 4040, 4090, or 4091 when the
 * message was edited meanwhile
 */
export async function editMessage(
  dialogue: DialogueClient,
  request: { cid: string; id: string; uid: number; requestId: string },
  edit: { name: string; txt: string; rev?: number | undefined },
): Promise<NodeAnswer> {
  const { cid, id, uid, requestId } = request
  for (let tries = 1; ; tries += 1) {
    let { rev } = edit
    if (rev === undefined) {
      const path = `/messages/${id}?uid=${uid}&cid=${cid}`
      const read = await dialogue.send({ method: 'GET', path, requestId })
      if (read.status !== 200) return read
      rev = (JSON.parse(read.body.toString()) as Message).rev ?? 0
    }
    const body = { edit: edit.name, cid, uid, rev, txt: edit.txt }
    const answer = await dialogue.send({ method: 'PUT', path: `/messages/${id}`, body, requestId })
    const isFirm = edit.rev !== undefined || tries === maxTries
    if (isFirm || !isRefusal(answer, errorCodes.changedMeanwhile)) return answer
  }
}

function isRefusal({ status, body }: NodeAnswer, code: ErrorCode): boolean {
  return status === Math.floor(code / 10) && (JSON.parse(body.toString()) as ErrorBody).code === code
}
