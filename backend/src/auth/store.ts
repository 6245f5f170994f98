import type { Profile } from '../users/store.ts'

/** Whom sign-up makes. */
export interface NewAccount extends Profile {
  username: string
  passwordHash: string
}

/** What a sign-in is checked against. */
export interface Account {
  id: number
  username: string
  passwordHash: string
  /** Tokens of a lower generation have ended. */
  generation: number
}

/** The end of one token (`jti`), or of all tokens of a user below a generation. */
export interface Revocation {
  /** Grows; yet a row of a lower id may become visible later. */
  id: number
  uid: number
  jti: string | null
  belowGeneration: number | null
  /** Unix seconds from which no token can be meant any more. */
  expiresAt: number
}

/**
 * Where accounts are kept. Every implementation passes testing/contracts/accounts-store.
 * Any method may throw AppError 5032 when the store cannot be asked.
 */
export interface AccountsStore {
  /**
   * Ids are never used again.
   * @throws AppError 4092 when the name is taken, also in other letter case
   */
  create(account: NewAccount): Promise<Account>

  /** Letter case does not matter. */
  findByName(username: string): Promise<Account | undefined>

  findById(id: number): Promise<Account | undefined>

  /**
   * Sets the new hash and ends all tokens given out so far, both or neither, if the account is still at this
   * generation.
   * @param expiresAt unix seconds from which none of those tokens is valid any more by itself
   * @returns the new generation; undefined when the account was changed or deleted meanwhile
   */
  changePassword(account: Account, passwordHash: string, expiresAt: number): Promise<number | undefined>

  /**
   * Deletes the user with all friendships and ends all their tokens, both or neither.
   * @returns the generation below which their tokens have ended
   */
  delete(id: number, expiresAt: number): Promise<number>
}

/**
 * Which tokens were ended before their time. Every implementation passes testing/contracts/accounts-store.
 * Any method may throw AppError 5032 when the store cannot be asked.
 */
export interface RevocationsStore {
  /** Ends one token; committed when it returns. */
  revoke(token: { uid: number; jti: string; expiresAt: number }): Promise<void>

  /** Up to `limit` revocations with a greater id than `afterId`, by id. */
  after(afterId: number, limit: number): Promise<Revocation[]>

  /** Forgets those that had expired by then. */
  deleteExpired(now: number): Promise<void>
}
