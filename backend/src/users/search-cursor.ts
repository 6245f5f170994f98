import { AppError, errorCodes } from '@roundtable/common/errors'
import { z } from 'zod'
import { nameKey } from './name-key.ts'
import type { SearchPosition, UserSearch } from './store.ts'

const Position = z.tuple([z.base64(), z.int().nonnegative()])

/** A place in the results of a search, as the API tells it. */
export function writeSearchCursor({ key, id }: SearchPosition): string {
  return Buffer.from(JSON.stringify([key.toString('base64'), id])).toString('base64url')
}

/**
 * The place in the results of this search that a cursor tells.
 * @throws AppError 4001 when it does not come from such a search
 */
export function readSearchCursor(
  cursor: string,
  search: Pick<UserSearch, 'firstName' | 'lastName'>,
): SearchPosition {
  const position = Position.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()))
  if (!position.success) throw foreignCursor()
  const [key64, id] = position.data
  const key = Buffer.from(key64, 'base64')
  const prefix = nameKey(search.firstName ?? search.lastName ?? '')
  if (!key.subarray(0, prefix.length).equals(prefix)) throw foreignCursor()
  return { key, id }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function foreignCursor(): AppError {
  return new AppError(errorCodes.field, 'cursor: it does not come from this search')
}
