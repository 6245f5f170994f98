import type { NewsEvent } from '../../news/store.ts'

/** What the live socket asks of the users' store about news. Any method may throw AppError 5032. */
export interface NewsSource {
  /** The ids of those the user follows: the first `limit` by id. */
  followed(uid: number, limit: number): Promise<number[]>
  /** The latest events that the user is to see, newest first. */
  feed(uid: number, page: { limit: number }): Promise<NewsEvent[]>
}
