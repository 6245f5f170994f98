import { MessageListQuery, NewMessage } from '@roundtable/common/dialogue-wire'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { DialogueStore } from '../dialogue-store.ts'

/** The inner API of messages; the schemas are those of common/dialogue-wire. */
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
  done()
}
