import { apiVersion } from '@roundtable/common/api-version'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ErrorObject } from '../api-schemas.ts'
import { closeCodes } from './close-codes.ts'
import { clientFrames, NewsItem, serverFrames } from './frames.ts'

const closing = `
| the server closes with | because |
|---|---|
| ${closeCodes.token} | no token within 5 s, or one that is not valid (any more): sign in |
| ${closeCodes.slow} | too slow to take what is sent: reconnect and name what was received |
| ${closeCodes.restart} | this backend shuts down: reconnect after the \`retryAfterMs\` of the last frame |
| ${closeCodes.tryLater} | what is needed to serve is away: reconnect after a while |
| ${closeCodes.policy} | too many frames, or more than 20 sockets of one user |`

const liveDescription = `JSON text frames. The first one is the client's, \`auth\`, within 5 s; then \`ready\`. A client keeps
the greatest \`seq\` it has of each chat and names it when it reconnects, to whichever backend: so each entry of a chat
reaches it once and in order. A frame of a type it does not know it passes over.
${closing}`

/** Described anew: the name it has in the REST document means nothing here. */
const Refusal = ErrorObject.describe('What was wrong: the socket is closed right after')

type Frames = Readonly<Record<string, z.ZodType>>

/** The frames as messages of AsyncAPI. */
function messages(frames: Frames, prefix: string, io: 'input' | 'output') {
  return Object.fromEntries(
    Object.entries(frames).map(([type, schema]) => {
      // The dialect of JSON Schema that AsyncAPI 3 has unless told otherwise.
      const { $schema, description = '', ...payload } = z.toJSONSchema(schema, { target: 'draft-7', io })
      return [`${prefix}${type}`, { name: type, title: type, summary: description, payload }]
    }),
  )
}

/** Both directions of both sockets, from the schemas that parse and build the frames. https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
function describeSockets() {
  const received = messages(clientFrames, 'client.', 'input')
  const sent = messages(serverFrames, 'server.', 'output')
  const events = messages({ event: NewsItem, error: Refusal }, 'news.', 'output')
  const inChannel = (frames: object) =>
    Object.fromEntries(Object.keys(frames).map((name) => [name, { $ref: `#/components/messages/${name}` }]))
  const ofChannel = (channel: string, frames: object) =>
    Object.keys(frames).map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` }))

  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Roundtable, live',
      version: apiVersion,
      description:
        'What arrives by itself: messages, news and presence. The REST part is at /v1/openapi.json.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      backend: {
        host: '127.0.0.1:8007',
        protocol: 'ws',
        description: 'the address of the backend, or of the page',
      },
    },
    channels: {
      live: {
        address: '/v1/live',
        description: liveDescription,
        messages: inChannel({ ...received, ...sent }),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
      news: {
        address: '/v1/news',
        description: 'The last events, oldest first, then each as it happens. The client sends nothing.',
        messages: inChannel(events),
        bindings: {
          ws: {
            method: 'GET',
            query: { type: 'object', properties: { token: { type: 'string' } }, required: ['token'] },
            bindingVersion: '0.1.0',
          },
        },
      },
    },
    operations: {
      receiveFrames: {
        action: 'receive',
        channel: { $ref: '#/channels/live' },
        messages: ofChannel('live', received),
      },
      sendFrames: { action: 'send', channel: { $ref: '#/channels/live' }, messages: ofChannel('live', sent) },
      sendNews: { action: 'send', channel: { $ref: '#/channels/news' }, messages: ofChannel('news', events) },
    },
    components: { messages: { ...received, ...sent, ...events } },
  }
}

/** GET /v1/asyncapi.json: the sockets, as /v1/openapi.json describes the rest. */
export function addAsyncApi(app: FastifyInstance): void {
  const description = describeSockets()
  app.get('/v1/asyncapi.json', { schema: { hide: true } }, async () => description)
}
