import { AppError, errorCodes } from '@roundtable/common/errors'
import type { Transaction } from 'kysely'
import { errorCode } from '../error-code.ts'
import type { Database } from './open-database.ts'
import type { Tables } from './schema.ts'

const mostTries = 3

/**
 * Does the work in one transaction, and again when two that waited for each other made the server end it: the other one
 * has gone on by then.
 * @throws AppError 5031 when the store went away while it was to keep what was done; 5032 when it surely keeps nothing
 */
export async function inTransaction<T>(
  db: Database,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    let isToBeKept = false
    try {
      return await db.transaction().execute(async (transaction) => {
        const result = await work(transaction)
        isToBeKept = true
        return result
      })
    } catch (error) {
      if (isToBeKept) throw outcomeUnknown(error)
      if (tries === mostTries || !wasDeadlock(error)) throw error
    }
  }
}

function outcomeUnknown(error: unknown): unknown {
  if (!(error instanceof AppError)) return error
  const message =
    'it is not known whether this was done: look, or send it again with the same Idempotency-Key'
  return new AppError(errorCodes.outcomeUnknown, message, { cause: error })
}

function wasDeadlock(error: unknown): boolean {
  return error instanceof AppError && errorCode(error.cause) === 'ER_LOCK_DEADLOCK'
}
