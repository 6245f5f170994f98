import type { NewsEvent } from '../news/store.ts'
import type { SeenUser, UserPage } from '../users/store.ts'

/**
 * Who follows whom: one-way, as a subscription. Every implementation passes testing/contracts/friends-store.
 * Any method may throw AppError 5032 when the store cannot be asked.
 */
export interface FriendsStore {
  /** Up to `limit` of those the user follows, after `afterId`, by id. */
  list(uid: number, page: UserPage): Promise<SeenUser[]>

  /**
   * Following someone twice changes nothing.
   * @returns the event that tells of it, stored with it; none when nothing was changed
   * @throws AppError 4031 when one has blocked the other, 4040 when there is no such user
   */
  follow(uid: number, friendId: number): Promise<NewsEvent | undefined>

  /**
   * Nothing happens to whom one does not follow.
   * @returns the event that tells of it, stored with it; none when nothing was changed
   */
  unfollow(uid: number, friendId: number): Promise<NewsEvent | undefined>
}
