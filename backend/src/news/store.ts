/** What an event tells of. */
export type EventName = 'login' | 'logout' | 'follow' | 'unfollow' | 'post'

/** Something that a user did or wrote, as others are told. */
export interface NewsEvent {
  /** Grows with time: of two events the one of the greater id is the newer one. */
  id: number
  name: EventName
  /** The text of a post; of the others what the user did, to be read behind their name. */
  message: string
  /** Whose news it is. */
  uid: number
  /** Unix seconds. */
  ts: number
  /** Whom a follow or unfollow is about. */
  friendId?: number
}

/**
 * Is told of each event after it was stored; of a post again when its request comes again soon, since whoever was to tell
 * of it may have ended first. It may not throw, and nobody waits for it.
 */
export type OnNews = (event: NewsEvent) => void

/** A page of a feed, newest first: events older than `before`, from the newest one without it. */
export interface FeedPage {
  limit: number
  before?: number
}

/** A post, and under what name it was asked for: a second request of that name stores nothing more. */
export interface NewPost {
  uid: number
  text: string
  requestId?: string
}

/**
 * Where news are kept. Every implementation passes testing/contracts/news-store.
 * Any method may throw AppError 5032 when the store cannot be asked.
 */
export interface NewsStore {
  /**
   * Stores a post once.
   * @throws AppError 4011 when the user is gone, 4090 when this request had another text before, 5031 when it is not
   * known whether it is stored
   */
  post(post: NewPost): Promise<NewsEvent>

  /**
   * Stores that the user has signed in or out.
   * @throws AppError 4011 when the user is gone
   */
  record(uid: number, name: 'login' | 'logout'): Promise<NewsEvent>

  /** The ids of those the user follows: the first `limit` by id. */
  followed(uid: number, limit: number): Promise<number[]>

  /** Up to `limit` events of those the user follows, and posts of their own, newest first. */
  feed(uid: number, page: FeedPage): Promise<NewsEvent[]>
}
