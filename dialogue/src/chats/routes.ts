import { ChatListQuery, MembersChange, NewChat, OnBehalf, ReadTo } from '@roundtable/common/dialogue-requests'
import { ResourceId } from '@roundtable/common/dialogue-wire'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { DialogueStore } from '../dialogue-store.ts'

const ChatPath = z.object({ cid: ResourceId })

/** The inner API of chats; the schemas are those of common/dialogue-requests. */
export const chatRoutes: FastifyPluginCallbackZod<{ store: Pick<DialogueStore, 'chats'> }> = (
  app,
  { store },
  done,
) => {
  app.post('/chats', { schema: { body: NewChat } }, async (request, reply) => {
    reply.code(201)
    return await store.chats.create(request.body)
  })

  app.get('/chats', { schema: { querystring: ChatListQuery } }, (request) => store.chats.list(request.query))

  app.get('/chats/heads', { schema: { querystring: OnBehalf } }, (request) =>
    store.chats.heads(request.query.uid),
  )

  app.get('/chats/:cid', { schema: { params: ChatPath, querystring: OnBehalf } }, (request) =>
    store.chats.get(request.params.cid, request.query.uid),
  )

  app.put(
    '/chats/:cid',
    { schema: { params: ChatPath, querystring: OnBehalf, body: MembersChange } },
    (request) => store.chats.changeMembers(request.params.cid, request.query.uid, request.body),
  )

  app.post('/chats/:cid/read', { schema: { params: ChatPath, body: ReadTo } }, (request) =>
    store.chats.markRead(request.params.cid, request.body),
  )

  app.get('/chats/:cid/read', { schema: { params: ChatPath, querystring: OnBehalf } }, (request) =>
    store.chats.readMarks(request.params.cid, request.query.uid),
  )
  done()
}
