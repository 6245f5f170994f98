import { servedByHeader } from '@roundtable/common/dialogue-wire'
import { createHttpServer } from '@roundtable/common/http-server'
import type { Logger } from '@roundtable/common/logger'
import { addMetrics } from '@roundtable/common/metrics'
import type { FastifyInstance } from 'fastify'
import { chatRoutes } from './chats/routes.ts'
import type { DialogueNode } from './dialogue-node.ts'
import type { DialogueStore } from './dialogue-store.ts'
import { healthRoutes } from './health-routes.ts'
import { messageRoutes } from './messages/routes.ts'
import { requireToken } from './token-check.ts'

export interface AppOptions {
  logger: Logger
  store: DialogueStore
  /** DIALOG_TOKEN */
  token: string
  node: DialogueNode
}

/** The dialogue service's HTTP API. It does not listen. */
export function buildApp({ logger, store, token, node }: AppOptions): FastifyInstance {
  const app = createHttpServer({
    logger,
    headers: { [servedByHeader]: node.id },
    isDraining: () => node.status === 'draining',
    quietPaths: ['/ping', '/metrics', '/health/live', '/health/ready'],
  })
  addMetrics(app)
  app.register(healthRoutes, { node, store })
  app.register((inner, _options, done) => {
    inner.addHook('onRequest', requireToken(token))
    inner.register(chatRoutes, { store })
    inner.register(messageRoutes, { store })
    done()
  })
  return app
}
