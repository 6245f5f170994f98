import { AppError, errorCodes } from '@roundtable/common/errors'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database } from '../database/open-database.ts'
import { ConstraintError } from '../database/store-errors.ts'
import { noSuchUser } from '../users/sql-users-store.ts'
import { isFriendOf, toSeenUser, userColumns } from '../users/user-columns.ts'
import type { BlocksStore } from './store.ts'

/** Blocks in MySQL or SQLite: docs/schema/mysql.md. */
export function createSqlBlocksStore(db: Database): BlocksStore {
  return {
    async list(uid, { limit, afterId }) {
      const rows = await db
        .selectFrom('blocks')
        .innerJoin('users', 'users.id', 'blocks.blocked_id')
        .select(userColumns)
        .select(isFriendOf(uid))
        .where('blocks.uid', '=', uid)
        .where('blocks.blocked_id', '>', afterId)
        .orderBy('blocks.blocked_id')
        .limit(limit)
        .execute()
      return rows.map((row) => toSeenUser(row, uid))
    },

    async block(uid, blockedId) {
      try {
        await inTransaction(db, async (transaction) => {
          await holdUsers(transaction, [uid, blockedId])
          const created_at = Math.floor(Date.now() / 1000)
          await transaction.insertInto('blocks').values({ uid, blocked_id: blockedId, created_at }).execute()
          for (const [one, other] of [
            [uid, blockedId],
            [blockedId, uid],
          ] as const) {
            await transaction
              .deleteFrom('friendships')
              .where('uid', '=', one)
              .where('friend_id', '=', other)
              .execute()
          }
        })
      } catch (error) {
        if (!(error instanceof ConstraintError)) throw error
        if (error.kind === 'reference') throw noSuchUser()
      }
    },

    async unblock(uid, blockedId) {
      await db.deleteFrom('blocks').where('uid', '=', uid).where('blocked_id', '=', blockedId).execute()
    },

    async findBlocked(uid, others) {
      if (others.length === 0) return []
      const rows = await db
        .selectFrom('blocks')
        .select('uid')
        .where('uid', 'in', others)
        .where('blocked_id', '=', uid)
        .execute()
      return rows.map((row) => row.uid)
    },
  }
}

/**
 * Whoever begins to follow holds both users from its first write on, as rows that refer to them do. So a block and the
 * beginning of following come one after the other, and the later one sees the earlier.
 */
async function holdUsers(transaction: Database, ids: readonly number[]): Promise<void> {
  await transaction
    .updateTable('users')
    .set((eb) => ({ gender: eb.ref('gender') }))
    .where('id', 'in', ids)
    .execute()
}

/**
 * Both must be free to follow each other. To be asked after the friendship was written, in its transaction.
 * @throws AppError 4031 when one of them has blocked the other
 */
export async function refuseBlocked(transaction: Database, uid: number, friendId: number): Promise<void> {
  const block = await transaction
    .selectFrom('blocks')
    .select('uid')
    .where((eb) =>
      eb.or([
        eb.and([eb('uid', '=', uid), eb('blocked_id', '=', friendId)]),
        eb.and([eb('uid', '=', friendId), eb('blocked_id', '=', uid)]),
      ]),
    )
    .executeTakeFirst()
  if (!block) return
  const message =
    block.uid === uid ? 'unblock this user first' : 'this user does not want to be followed by you'
  throw new AppError(errorCodes.forbidden, message)
}
