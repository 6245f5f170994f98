import { refuseBlocked } from '../blocks/sql-blocks-store.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database } from '../database/open-database.ts'
import { ConstraintError } from '../database/store-errors.ts'
import { insertEvent } from '../news/event-rows.ts'
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
        return await inTransaction(db, async (transaction) => {
          await transaction
            .insertInto('friendships')
            .values({ uid, friend_id: friendId, created_at })
            .execute()
          await refuseBlocked(transaction, uid, friendId)
          return insertEvent(transaction, { uid, name: 'follow', friend_id: friendId })
        })
      } catch (error) {
        if (!(error instanceof ConstraintError)) throw error
        if (error.kind === 'reference') throw noSuchUser()
        return undefined
      }
    },

    unfollow: (uid, friendId) =>
      inTransaction(db, async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('friendships')
          .where('uid', '=', uid)
          .where('friend_id', '=', friendId)
          .executeTakeFirst()
        if (numDeletedRows === 0n) return undefined
        return insertEvent(transaction, { uid, name: 'unfollow', friend_id: friendId })
      }),
  }
}
