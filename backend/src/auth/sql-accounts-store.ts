import { AppError, errorCodes } from '@roundtable/common/errors'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database } from '../database/open-database.ts'
import { ConstraintError } from '../database/store-errors.ts'
import { nameKey } from '../users/name-key.ts'
import { toColumns } from '../users/sql-users-store.ts'
import type { AccountsStore, RevocationsStore } from './store.ts'

const accountColumns = [
  'id',
  'username',
  'password_hash as passwordHash',
  'token_generation as generation',
] as const

/** Above every generation: all tokens of a user, also those given out while the user is being deleted. */
const aboveAllGenerations = 2 ** 31 - 1

/** Accounts in MySQL or SQLite: docs/schema/mysql.md. */
export function createSqlAccountsStore(db: Database): AccountsStore {
  return {
    async create({ username, passwordHash, ...profile }) {
      try {
        const { insertId } = await db
          .insertInto('users')
          .values({
            ...toColumns(profile),
            gender: profile.gender,
            username,
            username_key: nameKey(username),
            password_hash: passwordHash,
            created_at: Math.floor(Date.now() / 1000),
          })
          .executeTakeFirstOrThrow()
        return { id: Number(insertId), username, passwordHash, generation: 0 }
      } catch (error) {
        if (error instanceof ConstraintError && error.kind === 'unique') {
          throw new AppError(errorCodes.nameTaken, 'this username is taken, choose another one')
        }
        throw error
      }
    },

    findByName: (username) =>
      db
        .selectFrom('users')
        .select(accountColumns)
        .where('username_key', '=', nameKey(username))
        .executeTakeFirst(),

    findById: (id) => db.selectFrom('users').select(accountColumns).where('id', '=', id).executeTakeFirst(),

    changePassword: (account, passwordHash, expiresAt) =>
      inTransaction(db, async (transaction) => {
        const generation = account.generation + 1
        const { numUpdatedRows } = await transaction
          .updateTable('users')
          .set({ password_hash: passwordHash, token_generation: generation })
          .where('id', '=', account.id)
          .where('token_generation', '=', account.generation)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return undefined
        await transaction
          .insertInto('revocations')
          .values({ uid: account.id, below_generation: generation, expires_at: expiresAt })
          .execute()
        return generation
      }),

    delete: (id, expiresAt) =>
      inTransaction(db, async (transaction) => {
        await transaction.deleteFrom('users').where('id', '=', id).execute()
        await transaction
          .insertInto('revocations')
          .values({ uid: id, below_generation: aboveAllGenerations, expires_at: expiresAt })
          .execute()
        return aboveAllGenerations
      }),
  }
}

/** Revocations in MySQL or SQLite: docs/schema/mysql.md. */
export function createSqlRevocationsStore(db: Database): RevocationsStore {
  return {
    async revoke({ uid, jti, expiresAt }) {
      await db.insertInto('revocations').values({ uid, jti, expires_at: expiresAt }).execute()
    },

    after: (afterId, limit) =>
      db
        .selectFrom('revocations')
        .select(['id', 'uid', 'jti', 'below_generation as belowGeneration', 'expires_at as expiresAt'])
        .where('id', '>', afterId)
        .orderBy('id')
        .limit(limit)
        .execute(),

    async deleteExpired(now) {
      await db.deleteFrom('revocations').where('expires_at', '<', now).execute()
    },
  }
}
