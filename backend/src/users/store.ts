/** What a user tells of themselves. All but the gender may be left out. */
export interface Profile {
  gender: 'f' | 'm'
  firstName: string | null
  lastName: string | null
  age: number | null
  city: string | null
  interests: string | null
}

/** A user, as others see them. */
export interface User extends Profile {
  id: number
  username: string
  /** Unix seconds. */
  createdAt: number
}

/** A user and whether the one who asks follows them; of oneself it is not told. */
export interface SeenUser extends User {
  isFriend?: boolean
}

/** A page of users by id, those after `afterId`. */
export interface UserPage {
  limit: number
  afterId: number
}

/** Where a page of a search ends: in the order of the name searched by, and of the id where names are the same. */
export interface SearchPosition {
  /** Key of the name: see name-key.ts. */
  key: Buffer
  id: number
}

/** Users whose names begin so; at least one name is given. */
export interface UserSearch {
  firstName?: string
  lastName?: string
  limit: number
  after?: SearchPosition
}

/** One page of what was found, in the order of names, and where the next one begins, if there is more. */
export interface FoundUsers {
  users: SeenUser[]
  next?: SearchPosition
}

/**
 * Where users are kept. Every implementation passes testing/contracts/users-store. `askerId` is who asks.
 * Any method may throw AppError 5032 when the store cannot be asked.
 */
export interface UsersStore {
  /** @throws AppError 4040 */
  get(id: number, askerId: number): Promise<SeenUser>

  /** Up to `limit` users after `afterId`, by id. */
  list(page: UserPage, askerId: number): Promise<SeenUser[]>

  /** Names are compared without regard to case; nothing in them is a wildcard. */
  search(search: UserSearch, askerId: number): Promise<FoundUsers>

  /**
   * Changes what is given and leaves the rest.
   * @throws AppError 4040
   */
  update(id: number, changes: Partial<Profile>): Promise<User>

  /** Which of these ids belong to nobody. */
  findMissing(ids: readonly number[]): Promise<number[]>

  /** Resolves when the store answers. */
  ping(): Promise<void>
}
