import { createHttpServer } from '@roundtable/common/http-server'
import type { Logger } from '@roundtable/common/logger'
import { addMetrics } from '@roundtable/common/metrics'
import type { FastifyInstance, FastifyPluginCallback, onRequestHookHandler } from 'fastify'
import { requireToken } from './auth/require-token.ts'
import { accountRoutes, signInRoutes } from './auth/routes.ts'
import type { AuthService } from './auth/service.ts'
import type { Tokens } from './auth/tokens.ts'
import type { DialogueClient } from './balancing/dialogue-client.ts'
import type { NodeList } from './balancing/node-list.ts'
import { nodeMetrics } from './balancing/node-metrics.ts'
import { topologyRoutes } from './balancing/routes.ts'
import { type BlockRoutesOptions, blockRoutes } from './blocks/routes.ts'
import type { BlocksStore } from './blocks/store.ts'
import { messageRoutes } from './chats/message-routes.ts'
import { chatRoutes } from './chats/routes.ts'
import { friendRoutes } from './friends/routes.ts'
import type { FriendsStore } from './friends/store.ts'
import { healthRoutes } from './health-routes.ts'
import { addAsyncApi } from './live/asyncapi.ts'
import type { Live } from './live/open-live.ts'
import { newsRoutes } from './news/routes.ts'
import type { NewsStore, OnNews } from './news/store.ts'
import { addOpenApi, describeRoutes } from './openapi.ts'
import type { ServiceState } from './service-state.ts'
import { userRoutes } from './users/routes.ts'
import type { UsersStore } from './users/store.ts'

export interface AppOptions {
  logger: Logger
  state: ServiceState
  users: UsersStore
  friends: FriendsStore
  blocks: BlocksStore
  news: NewsStore
  onNews: OnNews
  onBlock: BlockRoutesOptions['onBlock']
  auth: AuthService
  tokens: Tokens
  nodes: NodeList
  dialogue: DialogueClient
  /** What arrives by itself; without it there are no sockets. */
  live?: Live
  /** Whose X-Forwarded-For is believed; nobody's by default. */
  isTrustedProxy?: (address: string) => boolean
}

/** The backend's HTTP API. It does not listen. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const {
    logger,
    state,
    users,
    friends,
    blocks,
    news,
    onNews,
    onBlock,
    auth,
    tokens,
    nodes,
    dialogue,
    live,
    isTrustedProxy,
  } = options
  const app = createHttpServer({
    logger,
    trustProxy: isTrustedProxy ?? false,
    isDraining: () => state.draining,
    quietPaths: ['/metrics', '/health/live', '/health/ready'],
  })
  await addOpenApi(app)
  addAsyncApi(app)
  addMetrics(app, [...nodeMetrics({ nodes, dialogue }), ...(live?.metrics ?? [])])
  app.register(healthRoutes, { users, state, dialogue, live: live ?? { trouble: undefined } })
  live?.serve(app)

  const register = (tag: string, secured: boolean, routes: (scope: FastifyInstance) => void) => {
    const scoped: FastifyPluginCallback = (scope, _options, done) => {
      describeRoutes(scope, { tag, secured })
      scope.addHook('onRequest', guardAnswer)
      if (secured) requireToken(scope, tokens)
      routes(scope)
      done()
    }
    app.register(scoped, { prefix: '/v1' })
  }
  register('auth', false, (v1) => v1.register(signInRoutes, { prefix: '/auth', auth }))
  register('auth', true, (v1) => v1.register(accountRoutes, { auth }))
  register('users', true, (v1) => v1.register(userRoutes, { prefix: '/users', users }))
  register('friends', true, (v1) => v1.register(friendRoutes, { prefix: '/friends', friends, users, onNews }))
  register('blocks', true, (v1) => v1.register(blockRoutes, { prefix: '/blocks', blocks, users, onBlock }))
  register('news', true, (v1) => v1.register(newsRoutes, { prefix: '/news', news, onNews }))
  register('topology', true, (v1) => v1.register(topologyRoutes, { nodes, dialogue }))
  const people = { findMissing: users.findMissing, findBlocked: blocks.findBlocked }
  register('chats', true, (v1) => v1.register(chatRoutes, { prefix: '/chats', dialogue, people }))
  register('chats', true, (v1) => v1.register(messageRoutes, { dialogue, onPosted: live?.posted }))
  return app
}

/** For browsers that take an answer for a page, or keep it. https://cheatsheetseries.owasp.org, REST Security */
const guards = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}

const guardAnswer: onRequestHookHandler = (_request, reply, done) => {
  reply.headers(guards)
  done()
}
