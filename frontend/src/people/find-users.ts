import type { Api } from '../api/create-api.ts'
import { ApiError } from '../api/request.ts'
import type { Page, User } from '../api/types.ts'

type Users = Pick<Api, 'user' | 'listUsers' | 'searchUsers'>

interface Place {
  cursor?: string | undefined
  signal?: AbortSignal | undefined
}

const limit = 30
const lastNames = 'last:'

/**
 * A page of users: all of them for an empty text, the one of this id for a number, else those whose first or last name
 * begins so; of two words the first is a first name, the rest a last name. A user may come twice, on different pages.
 */
export async function findUsers(api: Users, text: string, { cursor, signal }: Place): Promise<Page<User>> {
  const [first = '', ...rest] = text.trim().split(/\s+/)
  const page = { limit, cursor, signal }
  if (first === '') return api.listUsers(page)
  if (rest.length > 0) return api.searchUsers({ firstName: first, lastName: rest.join(' ') }, page)
  if (/^\d{1,15}$/.test(first)) return { data: await findById(api, Number(first), signal) }
  if (cursor?.startsWith(lastNames)) {
    const next = cursor.slice(lastNames.length) || undefined
    return prefixed(await api.searchUsers({ lastName: first }, { ...page, cursor: next }))
  }
  const found = await api.searchUsers({ firstName: first }, page)
  if (found.nextCursor !== undefined) return found
  const more = prefixed(await api.searchUsers({ lastName: first }, { limit, signal }))
  return { ...more, data: [...found.data, ...more.data] }
}

/** Each user once, in the order they came. */
export function distinctUsers(pages: readonly Page<User>[]): User[] {
  return [...new Map(pages.flatMap(({ data }) => data).map((user) => [user.id, user])).values()]
}

/** Its cursor says that first names are over. */
function prefixed(page: Page<User>): Page<User> {
  return page.nextCursor === undefined ? page : { ...page, nextCursor: lastNames + page.nextCursor }
}

async function findById(api: Users, id: number, signal: AbortSignal | undefined): Promise<User[]> {
  try {
    return [await api.user(id, signal)]
  } catch (failure) {
    if (failure instanceof ApiError && Math.floor(failure.code / 1000) === 4 && !failure.endsSession)
      return []
    throw failure
  }
}
