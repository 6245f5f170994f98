import type { Database } from '../database/open-database.ts'
import { ConstraintError } from '../database/store-errors.ts'
import { noSuchUser } from '../users/sql-users-store.ts'
import { userColumns } from '../users/user-columns.ts'
import type { FriendsStore } from './store.ts'

/** Friendships in MySQL or SQLite: docs/schema/mysql.md. */
export function createSqlFriendsStore(db: Database): FriendsStore {
  return {
    async list(uid, { limit, afterId }) {
      const rows = await db
        .selectFrom('friendships')
        .innerJoin('users', 'users.id', 'friendships.friend_id')
        .select(userColumns)
        .where('friendships.uid', '=', uid)
        .where('friendships.friend_id', '>', afterId)
        .orderBy('friendships.friend_id')
        .limit(limit)
        .execute()
      return rows.map((user) => ({ ...user, isFriend: true }))
    },

    async follow(uid, friendId) {
      const created_at = Math.floor(Date.now() / 1000)
      try {
        await db.insertInto('friendships').values({ uid, friend_id: friendId, created_at }).execute()
      } catch (error) {
        if (!(error instanceof ConstraintError)) throw error
        if (error.kind === 'reference') throw noSuchUser()
      }
    },

    async unfollow(uid, friendId) {
      await db.deleteFrom('friendships').where('uid', '=', uid).where('friend_id', '=', friendId).execute()
    },
  }
}
