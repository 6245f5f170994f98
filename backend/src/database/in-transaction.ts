import { AppError } from '@roundtable/common/errors'
import type { Transaction } from 'kysely'
import { errorCode } from '../error-code.ts'
import type { Database } from './open-database.ts'
import type { Tables } from './schema.ts'

const mostTries = 3

/**
 * Does the work in one transaction, and again when two that waited for each other made the server end it: the other one
 * has gone on by then.
 */
export async function inTransaction<T>(
  db: Database,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (tries === mostTries || !wasDeadlock(error)) throw error
    }
  }
}

function wasDeadlock(error: unknown): boolean {
  return error instanceof AppError && errorCode(error.cause) === 'ER_LOCK_DEADLOCK'
}
