import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { UserIdParams } from '../api-schemas.ts'
import {
  givenChanges,
  ProfileChanges,
  toUserObject,
  toUserPage,
  UserList,
  UserObject,
  UsersPage,
  UsersSearch,
} from './schemas.ts'
import { readSearchCursor, writeSearchCursor } from './search-cursor.ts'
import type { UsersStore } from './store.ts'

/** Users: seen by whoever is signed in, changed by themselves. */
export const userRoutes: FastifyPluginAsyncZod<{ users: UsersStore }> = async (app, { users }) => {
  app.get(
    '/',
    { schema: { summary: 'All users, by id', querystring: UsersPage, response: { 200: UserList } } },
    async ({ query: { limit, cursor = 0 }, user }) =>
      // One more than asked for tells whether there is more.
      toUserPage(await users.list({ limit: limit + 1, afterId: cursor }, user.uid), limit),
  )

  app.get(
    '/search',
    {
      schema: {
        summary: 'Users whose names begin so, letter case aside',
        querystring: UsersSearch,
        response: { 200: UserList },
      },
    },
    async ({ query: { limit, cursor, firstName, lastName }, user }) => {
      const names = {
        ...(firstName === undefined ? {} : { firstName }),
        ...(lastName === undefined ? {} : { lastName }),
      }
      const after = cursor === undefined ? {} : { after: readSearchCursor(cursor, names) }
      const found = await users.search({ ...names, ...after, limit }, user.uid)
      return {
        object: 'list' as const,
        data: found.users.map(toUserObject),
        ...(found.next ? { nextCursor: writeSearchCursor(found.next) } : {}),
      }
    },
  )

  app.get('/me', { schema: { summary: 'The caller', response: { 200: UserObject } } }, async ({ user }) =>
    toUserObject(await users.get(user.uid, user.uid)),
  )

  app.put(
    '/me',
    {
      schema: {
        summary: "Change the caller's profile; what is left out stays",
        body: ProfileChanges,
        response: { 200: UserObject },
      },
    },
    async ({ body, user }) => toUserObject(await users.update(user.uid, givenChanges(body))),
  )

  app.get(
    '/:id',
    { schema: { summary: 'One user', params: UserIdParams, response: { 200: UserObject } } },
    async ({ params, user }) => toUserObject(await users.get(params.id, user.uid)),
  )
}
