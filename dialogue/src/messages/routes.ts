import {
  EntriesQuery,
  MessageDeletion,
  MessageEdit,
  MessageListQuery,
  MessageQuery,
  NewMessage,
  SearchQuery,
} from '@roundtable/common/dialogue-requests'
import { ResourceId } from '@roundtable/common/dialogue-wire'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { DialogueStore } from '../dialogue-store.ts'

const MessagePath = z.object({ id: ResourceId })

/** The inner API of messages; the schemas are those of common/dialogue-requests. */
export const messageRoutes: FastifyPluginCallbackZod<{ store: Pick<DialogueStore, 'messages'> }> = (
  app,
  { store },
  done,
) => {
  app.post('/messages', { schema: { body: NewMessage } }, async (request, reply) => {
    reply.code(201)
    return await store.messages.append(request.body)
  })

  app.get('/messages', { schema: { querystring: MessageListQuery } }, (request) =>
    store.messages.list(request.query),
  )

  app.get('/messages/after', { schema: { querystring: EntriesQuery } }, (request) =>
    store.messages.after(request.query),
  )

  app.get('/messages/search', { schema: { querystring: SearchQuery } }, (request) =>
    store.messages.search(request.query),
  )

  app.get('/messages/:id', { schema: { params: MessagePath, querystring: MessageQuery } }, (request) =>
    store.messages.get(request.params.id, request.query),
  )

  app.put('/messages/:id', { schema: { params: MessagePath, body: MessageEdit } }, (request) =>
    store.messages.edit(request.params.id, request.body),
  )

  app.post('/messages/:id/deletion', { schema: { params: MessagePath, body: MessageDeletion } }, (request) =>
    store.messages.remove(request.params.id, request.body),
  )
  done()
}
