import type { Generated } from 'kysely'

/** A row of users. The `_key` columns hold what names are compared by: see name-key.ts. */
export interface UsersTable {
  id: Generated<number>
  username: string
  username_key: Buffer
  password_hash: string
  /** Grows with each change of password: tokens of a lower generation have ended. */
  token_generation: Generated<number>
  gender: 'f' | 'm'
  first_name: string | null
  first_name_key: Buffer | null
  last_name: string | null
  last_name_key: Buffer | null
  age: number | null
  city: string | null
  interests: string | null
  /** Unix seconds. */
  created_at: number
}

/** `uid` follows `friend_id`. */
export interface FriendshipsTable {
  uid: number
  friend_id: number
  /** Unix seconds. */
  created_at: number
}

/** The end of one token (`jti`), or of all tokens of a user below a generation. */
export interface RevocationsTable {
  id: Generated<number>
  uid: number
  jti: string | null
  below_generation: number | null
  /** Unix seconds from which no token can be meant any more. */
  expires_at: number
}

/** Something that a user did or wrote. */
export interface EventsTable {
  /** Grows; yet a row of a lower id may become visible later. */
  id: Generated<number>
  /** Whose news it is. */
  uid: number
  name: 'login' | 'logout' | 'follow' | 'unfollow' | 'post'
  /** Whom a follow or unfollow is about. */
  friend_id: number | null
  /** What a post says. */
  text: string | null
  /** Names the request that made it, so that this request makes one. */
  request_id: string | null
  /** Unix seconds. */
  ts: number
}

/** `uid` wants nothing to do with `blocked_id`. */
export interface BlocksTable {
  uid: number
  blocked_id: number
  /** Unix seconds. */
  created_at: number
}

/** The tables of the users' store: docs/schema/mysql.md. */
export interface Tables {
  users: UsersTable
  friendships: FriendshipsTable
  revocations: RevocationsTable
  events: EventsTable
  blocks: BlocksTable
}
