import { ChatListQuery, MembersChange, NewChat, OnBehalf, ResourceId } from '@roundtable/common/dialogue-wire'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ChatStore } from './store.ts'

const ChatPath = z.object({ cid: ResourceId })

/** The inner API of chats; the schemas are those of common/dialogue-wire. */
export const chatRoutes: FastifyPluginCallbackZod<{ chats: ChatStore }> = (app, { chats }, done) => {
  app.post('/chats', { schema: { body: NewChat } }, async (request, reply) => {
    reply.code(201)
    return await chats.create(request.body)
  })

  app.get('/chats', { schema: { querystring: ChatListQuery } }, (request) => chats.list(request.query))

  app.get('/chats/:cid', { schema: { params: ChatPath, querystring: OnBehalf } }, (request) =>
    chats.get(request.params.cid, request.query.uid),
  )

  app.put(
    '/chats/:cid',
    { schema: { params: ChatPath, querystring: OnBehalf, body: MembersChange } },
    (request) => chats.changeMembers(request.params.cid, request.query.uid, request.body),
  )
  done()
}
