import { AppError, errorCodes } from '@roundtable/common/errors'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { UserIdParams } from '../api-schemas.ts'
import type { OnNews } from '../news/store.ts'
import { toUserObject, toUserPage, UserList, UserObject, UsersPage } from '../users/schemas.ts'
import type { UsersStore } from '../users/store.ts'
import type { FriendsStore } from './store.ts'

export interface FriendRoutesOptions {
  friends: FriendsStore
  users: UsersStore
  onNews: OnNews
}

/** Following is one-way, as a subscription. */
export const friendRoutes: FastifyPluginAsyncZod<FriendRoutesOptions> = async (
  app,
  { friends, users, onNews },
) => {
  app.get(
    '/',
    {
      schema: {
        summary: 'Whom the caller follows, by id',
        querystring: UsersPage,
        response: { 200: UserList },
      },
    },
    async ({ query: { limit, cursor = 0 }, user }) =>
      toUserPage(await friends.list(user.uid, { limit: limit + 1, afterId: cursor }), limit),
  )

  app.post(
    '/:id',
    { schema: { summary: 'Follow a user', params: UserIdParams, response: { 200: UserObject } } },
    async ({ params, user }) => {
      if (params.id === user.uid) throw new AppError(errorCodes.field, 'id: one cannot follow oneself')
      const event = await friends.follow(user.uid, params.id)
      if (event) onNews(event)
      return toUserObject(await users.get(params.id, user.uid))
    },
  )

  app.delete(
    '/:id',
    { schema: { summary: 'Follow a user no more', params: UserIdParams, response: { 200: UserObject } } },
    async ({ params, user }) => {
      if (params.id === user.uid) throw new AppError(errorCodes.field, 'id: one cannot follow oneself')
      const event = await friends.unfollow(user.uid, params.id)
      if (event) onNews(event)
      return toUserObject(await users.get(params.id, user.uid))
    },
  )
}
