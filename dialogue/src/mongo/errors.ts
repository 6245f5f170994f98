import { AppError, errorCodes } from '@roundtable/common/errors'
import { MongoError, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb'
import { outcomeUnknown, storeAway } from '../refusals.ts'

/**
 * Codes of a server that is not, or no longer, the one to ask: it steps down, shuts down or recovers.
 * https://github.com/mongodb/specifications/blob/master/source/retryable-reads/retryable-reads.md
 */
const elsewhereCodes = new Set<unknown>([11600, 11602, 10107, 13435, 13436, 189, 91, 7, 6, 89, 9001])

/** The store did not answer within the time that was left for it. */
export class StoreTimeout extends Error {
  constructor(ms: number) {
    super(`the store did not answer within ${ms} ms`)
    this.name = 'StoreTimeout'
  }
}

/** The driver passes on some failures of its sockets as Node throws them: EPIPE, ERR_STREAM_DESTROYED and the like. */
function isSocketError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  return typeof error.code === 'string' && /^(E[A-Z]+|ERR_(STREAM|SOCKET)_\w+)$/.test(error.code)
}

function isTroubleOfTheStore(error: unknown): boolean {
  return error instanceof MongoError || error instanceof StoreTimeout || isSocketError(error)
}

/** Whether the same command may succeed at once on another connection or server. */
export function isWorthASecondTry(error: unknown): boolean {
  if (error instanceof MongoNetworkError || isSocketError(error)) return true
  return error instanceof MongoServerError && elsewhereCodes.has(error.code)
}

/** Whether the command that failed so has surely not left this process. */
export function wasNeverSent(error: unknown): boolean {
  return error instanceof MongoServerSelectionError || error instanceof AppError
}

/** For a command that stores nothing a caller can see. What is no trouble of the store is passed on as it is. */
export function asAway(error: unknown): unknown {
  return isTroubleOfTheStore(error) ? storeAway(error) : error
}

/** For a command that stores: only what surely never left this process is 5032. */
export function asUnknown(error: unknown): unknown {
  if (error instanceof MongoServerSelectionError) return storeAway(error)
  return isTroubleOfTheStore(error) ? outcomeUnknown(error) : error
}

/**
 * For what is read to learn how a write has ended: when the store cannot be asked, the outcome is unknown.
 * @throws AppError 5031 in place of 5032
 */
export async function afterWrite<T>(read: Promise<T>): Promise<T> {
  try {
    return await read
  } catch (error) {
    throw error instanceof AppError && error.code === errorCodes.storeAway ? outcomeUnknown(error) : error
  }
}

/** One of `writeErrors` in the reply to a write. */
export interface WriteError {
  index: number
  code: number
  errmsg?: string
  keyPattern?: Record<string, unknown>
}

/** What a duplicate was refused for: the document's name, or another unique index; undefined for any other error. */
export function duplicateOf(error: WriteError): '_id' | 'other' | undefined {
  if (error.code !== 11_000) return undefined
  // A router may leave out the pattern; the message always names the index.
  const isName = error.keyPattern ? '_id' in error.keyPattern : / index: _id_ /.test(error.errmsg ?? '')
  return isName ? '_id' : 'other'
}
