import type { ExpressionBuilder } from 'kysely'
import type { Tables } from '../database/schema.ts'
import type { SeenUser } from './store.ts'

/** What is read of a user: never the password's hash. */
export const userColumns = [
  'users.id',
  'users.username',
  'users.gender',
  'users.first_name as firstName',
  'users.last_name as lastName',
  'users.age',
  'users.city',
  'users.interests',
  'users.created_at as createdAt',
] as const

/** Whether the asker follows the user of the row. */
export function isFriendOf(askerId: number) {
  return (eb: ExpressionBuilder<Tables, 'users'>) =>
    eb
      .exists(
        eb
          .selectFrom('friendships')
          .select('friendships.friend_id')
          .where('friendships.uid', '=', askerId)
          .whereRef('friendships.friend_id', '=', 'users.id'),
      )
      .as('isFriend')
}

/** The databases tell true as 1. Of oneself it is not told. */
export function toSeenUser(
  row: Omit<SeenUser, 'isFriend'> & { isFriend: unknown },
  askerId: number,
): SeenUser {
  const { isFriend, ...user } = row
  return user.id === askerId ? user : { ...user, isFriend: Boolean(isFriend) }
}
