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

/** The tables of the users' store: docs/schema/mysql.md. */
export interface Tables {
  users: UsersTable
  friendships: FriendshipsTable
  revocations: RevocationsTable
}
