import { MessageListQuery, NewMessage } from '@roundtable/common/dialogue-wire'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { MessageStore } from './store.ts'

/** The inner API of messages; the schemas are those of common/dialogue-wire. */
export const messageRoutes: FastifyPluginCallbackZod<{ messages: MessageStore }> = (
  app,
  { messages },
  done,
) => {
  app.post('/messages', { schema: { body: NewMessage } }, async (request, reply) => {
    reply.code(201)
    return await messages.append(request.body)
  })

  app.get('/messages', { schema: { querystring: MessageListQuery } }, (request) =>
    messages.list(request.query),
  )
  done()
}
