import type { Chat, Member } from './chat.ts'

/** A user with at least one socket here. */
export interface LocalUser {
  readonly uid: number
  readonly members: Set<Member>
  /** They are in more chats than the store names: one that is not named may be theirs all the same. */
  hasMoreChats: boolean
  /** Grows with each change of the chats this user is in: what was read meanwhile may be out of date. */
  version: number
  /** When their chats were last compared with the store's, in ms of the hub's clock. */
  comparedAt: number
  /** When an event last said that they came into a chat or left it: what the store is asked may be older. */
  readonly changedAt: Map<string, number>
}

/** The users with sockets here. */
export class UsersTable {
  readonly #users = new Map<number, LocalUser>()

  get size(): number {
    return this.#users.size
  }

  get(uid: number): LocalUser | undefined {
    return this.#users.get(uid)
  }

  /** False once their last socket has gone, even if they have come again since. */
  isHere(user: LocalUser): boolean {
    return this.#users.get(user.uid) === user
  }

  all(): Iterable<LocalUser> {
    return this.#users.values()
  }

  add(member: Member, now: number): LocalUser {
    const user = this.#users.get(member.uid) ?? {
      uid: member.uid,
      members: new Set(),
      hasMoreChats: false,
      version: 0,
      comparedAt: now,
      changedAt: new Map(),
    }
    this.#users.set(member.uid, user)
    user.members.add(member)
    return user
  }

  remove(member: Member): void {
    const user = this.#users.get(member.uid)
    user?.members.delete(member)
    if (user?.members.size === 0) this.#users.delete(member.uid)
    for (const chat of member.chats) chat.members.delete(member)
    member.chats.clear()
    member.behind.clear()
  }

  /** The user, who is here, comes after those looked at since. */
  moveToEnd(user: LocalUser): void {
    this.#users.delete(user.uid)
    this.#users.set(user.uid, user)
  }
}

/** @param next the seq of the first entry that the socket is to be sent, unless it is known where it had come to */
export function attach(member: Member, chat: Chat, next: number): void {
  if (!chat.members.has(member)) chat.members.set(member, { next: member.left.get(chat.cid) ?? next })
  member.left.delete(chat.cid)
  member.chats.add(chat)
}

export function detach(member: Member, chat: Chat): void {
  const cursor = chat.members.get(member)
  if (cursor) member.left.set(chat.cid, cursor.next)
  chat.members.delete(member)
  member.chats.delete(chat)
  member.behind.delete(chat)
}
