import type { SeenUser, UserPage } from '../users/store.ts'

/**
 * Who wants nothing to do with whom. Every implementation passes testing/contracts/blocks-store.
 * Any method may throw AppError 5032 when the store cannot be asked.
 */
export interface BlocksStore {
  /** Up to `limit` of those the user has blocked, after `afterId`, by id. */
  list(uid: number, page: UserPage): Promise<SeenUser[]>

  /**
   * Ends following both ways, and keeps it from beginning again. Blocking someone twice changes nothing.
   * @throws AppError 4040 when there is no such user
   */
  block(uid: number, blockedId: number): Promise<void>

  /** Nothing happens to whom one has not blocked. Who followed whom before stays ended. */
  unblock(uid: number, blockedId: number): Promise<void>

  /** Which of the others have blocked this user. */
  findBlocked(uid: number, others: readonly number[]): Promise<number[]>
}
