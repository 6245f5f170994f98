import { AppError, errorCodes } from '@roundtable/common/errors'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database } from '../database/open-database.ts'
import { ConstraintError } from '../database/store-errors.ts'
import { insertEvent, readEventOfRequest, readEvents } from './event-rows.ts'
import { feedIds, followedBy } from './feed-ids.ts'
import type { NewPost, NewsEvent, NewsStore } from './store.ts'

/** News in MySQL or SQLite: docs/schema/mysql.md. */
export function createSqlNewsStore(db: Database): NewsStore {
  return {
    async post(post) {
      const { uid, text, requestId } = post
      try {
        const request_id = requestId ?? null
        // A transaction: of an insert alone it is not known whether it was done when its answer is lost.
        return await inTransaction(db, (transaction) =>
          insertEvent(transaction, { uid, name: 'post', text, request_id }),
        )
      } catch (error) {
        return await storedBefore(db, post, error)
      }
    },

    async record(uid, name) {
      try {
        return await insertEvent(db, { uid, name })
      } catch (error) {
        throw userIsGone(error)
      }
    },

    followed: (uid, limit) => followedBy(db, uid, limit),

    feed: async (uid, page) => readEvents(db, await feedIds(db, uid, page)),
  }
}

/** What a request had stored when it came before; else the fault as it is. */
async function storedBefore(db: Database, { text, requestId }: NewPost, error: unknown): Promise<NewsEvent> {
  const isKnown = error instanceof ConstraintError && error.kind === 'unique' && requestId !== undefined
  const event = isKnown ? await readEventOfRequest(db, requestId) : undefined
  if (!event) throw userIsGone(error)
  if (event.message === text) return event
  throw new AppError(errorCodes.keyReused, 'this Idempotency-Key was used with another text, take a new one')
}

function userIsGone(error: unknown): unknown {
  const isGone = error instanceof ConstraintError && error.kind === 'reference'
  return isGone ? new AppError(errorCodes.badToken, 'this account was deleted') : error
}
