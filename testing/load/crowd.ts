import { randomUUID } from 'node:crypto'
import type { ApiClient } from './api-client.ts'

/** A user who is signed in. */
export interface Member {
  readonly uid: number
  readonly token: string
}

/** A chat that the load writes to and reads. */
export interface Room {
  readonly cid: string
  /** Who made it. */
  readonly owner: Member
  /** Who write and read. */
  readonly members: readonly Member[]
}

/** Signs up so many users: each costs the backend a password hash. */
export async function signUpCrowd(client: ApiClient, count: number): Promise<Member[]> {
  return await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const body = {
        username: `user-${randomUUID().slice(0, 18)}`,
        password: 'a password for tests',
        passwordConfirm: 'a password for tests',
        gender: i % 2 === 0 ? 'f' : 'm',
      }
      const answer = await client.call({ method: 'POST', path: '/v1/auth/sign-up', body }, i)
      const { token, userId } = answer.body
      if (token === undefined || userId === undefined)
        throw new Error(`no user signed up: ${JSON.stringify(answer)}`)
      return { uid: userId, token }
    }),
  )
}

/** @throws Error when the chat could not be made */
export async function openRoom(
  client: ApiClient,
  owner: Member,
  members: readonly Member[],
  writers = members,
): Promise<Room> {
  const users = members.map(({ uid }) => uid)
  const answer = await client.call(
    { method: 'POST', path: '/v1/chats', token: owner.token, body: { users }, idempotencyKey: randomUUID() },
    owner.uid,
  )
  if (answer.body.id === undefined) throw new Error(`no chat was made: ${JSON.stringify(answer)}`)
  return { cid: answer.body.id, owner, members: writers }
}

/** The chats of one run: one that everybody contends for, many small ones, and some whose members change. */
export interface Rooms {
  readonly contended: Room
  readonly small: readonly Room[]
  /** Only their owners write and read; others come and go. */
  readonly changing: readonly Room[]
}

export async function openRooms(client: ApiClient, crowd: readonly Member[]): Promise<Rooms> {
  const at = (i: number): Member => {
    const member = crowd[i % crowd.length]
    if (!member) throw new Error('the crowd is empty')
    return member
  }
  const small = await Promise.all(
    Array.from({ length: crowd.length * 2 }, (_, i) =>
      openRoom(client, at(i), [at(i), at(i + 1), at(i + 2 + (i % 3))]),
    ),
  )
  const changing = await Promise.all(
    Array.from({ length: 10 }, (_, i) => openRoom(client, at(i), [at(i), at(i + 1)], [at(i)])),
  )
  return { contended: await openRoom(client, at(0), crowd), small, changing }
}
