import { AppError, errorCodes } from '@roundtable/common/errors'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { UserIdParams } from '../api-schemas.ts'
import { toUserObject, toUserPage, UserList, UserObject, UsersPage } from '../users/schemas.ts'
import type { UsersStore } from '../users/store.ts'
import type { BlocksStore } from './store.ts'

export interface BlockRoutesOptions {
  blocks: BlocksStore
  users: UsersStore
  /** Is told after a user has blocked another: neither follows the other any more. No news tell of it. */
  onBlock: (uid: number, blockedId: number) => void
}

/** Whom one wants nothing to do with: they can neither follow nor start or widen a chat with who has blocked them. */
export const blockRoutes: FastifyPluginAsyncZod<BlockRoutesOptions> = async (
  app,
  { blocks, users, onBlock },
) => {
  app.get(
    '/',
    {
      schema: {
        summary: 'Whom the caller has blocked, by id',
        querystring: UsersPage,
        response: { 200: UserList },
      },
    },
    async ({ query: { limit, cursor = 0 }, user }) =>
      toUserPage(await blocks.list(user.uid, { limit: limit + 1, afterId: cursor }), limit),
  )

  app.post(
    '/:id',
    {
      schema: {
        summary: 'Block a user: following ends both ways',
        params: UserIdParams,
        response: { 200: UserObject },
      },
    },
    async ({ params, user }) => {
      if (params.id === user.uid) throw new AppError(errorCodes.field, 'id: one cannot block oneself')
      await blocks.block(user.uid, params.id)
      onBlock(user.uid, params.id)
      return toUserObject(await users.get(params.id, user.uid))
    },
  )

  app.delete(
    '/:id',
    {
      schema: { summary: 'Block a user no more', params: UserIdParams, response: { 200: UserObject } },
    },
    async ({ params, user }) => {
      if (params.id === user.uid) throw new AppError(errorCodes.field, 'id: one cannot block oneself')
      await blocks.unblock(user.uid, params.id)
      return toUserObject(await users.get(params.id, user.uid))
    },
  )
}
