import { expect, test } from '@jest/globals'
import type { PageRequest } from '../api/create-api.ts'
import { ApiError } from '../api/request.ts'
import type { Page, User } from '../api/types.ts'
import { distinctUsers, findUsers } from './find-users.ts'

const user = (id: number, firstName: string, lastName: string): User => ({
  object: 'user',
  id,
  username: `user${id}`,
  firstName,
  lastName,
  age: null,
  gender: 'f',
  city: null,
  interests: null,
  createdAt: 0,
})
const everybody = [user(1, 'Roger', 'Wilco'), user(2, 'Will', 'Wilson'), user(3, 'Wilma', 'Roe')]

/** Answers pages of one user each. */
const pageOf = (users: User[], { cursor = '0' }: PageRequest): Page<User> => {
  const next = Number(cursor) + 1
  return { data: users.slice(next - 1, next), ...(next < users.length ? { nextCursor: String(next) } : {}) }
}
const begins = (name: string | null, text = ''): boolean => (name ?? '').startsWith(text)
const api = {
  async user(id: number): Promise<User> {
    const found = everybody.find((one) => one.id === id)
    if (!found) throw new ApiError(4040, 'there is no such user')
    return found
  },
  listUsers: async (page: PageRequest) => pageOf(everybody, page),
  searchUsers: async (
    { firstName, lastName }: { firstName?: string; lastName?: string },
    page: PageRequest,
  ) =>
    pageOf(
      everybody.filter((one) => begins(one.firstName, firstName) && begins(one.lastName, lastName)),
      page,
    ),
}

async function findAll(text: string): Promise<number[]> {
  const pages: Page<User>[] = []
  for (let cursor: string | undefined; pages.length === 0 || cursor !== undefined; ) {
    const page = await findUsers(api, text, { cursor })
    pages.push(page)
    cursor = page.nextCursor
  }
  return distinctUsers(pages).map(({ id }) => id)
}

test('a word is looked for among first and last names, page by page, each user once', async () => {
  expect(await findAll('Wil')).toEqual([2, 3, 1])
  expect(await findAll('Ro')).toEqual([1, 3])
})

test('two words are a first and a last name, none means everybody', async () => {
  expect(await findAll(' Will  Wil ')).toEqual([2])
  expect(await findAll('')).toEqual([1, 2, 3])
})

test('a number is an id, also of nobody', async () => {
  expect(await findAll('2')).toEqual([2])
  expect(await findAll('99')).toEqual([])
})
