/** What the API answers under /v1, as far as this page uses it. Times are unix seconds. */

export interface Token {
  token: string
  userId: number
  username: string
  expiresAt: number
}

export interface User {
  id: number
  username: string
  firstName?: string | null
  lastName?: string | null
}

export interface Chat {
  id: string
  users: number[]
  createdAt: number
}

export interface Message {
  /** `members` tells who came and went, and has no text. */
  object?: 'message' | 'members'
  id: string
  cid: string
  uid: number
  createdAt: number
  text: string
  deleted?: true
}

/** `nextCursor` is there only when there is more. */
export interface Page<T> {
  data: T[]
  nextCursor?: string
}

export interface SignUp {
  username: string
  password: string
  passwordConfirm: string
  gender: string
  firstName?: string
  lastName?: string
}
