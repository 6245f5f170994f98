import type { Bus } from '@roundtable/common/bus/bus'
import { AppError, errorCodes } from '@roundtable/common/errors'
import type { Logger } from '@roundtable/common/logger'
import type { Metric } from '@roundtable/common/metrics'
import type { FastifyInstance } from 'fastify'
import type { Tokens } from '../auth/tokens.ts'
import { createHub, type Hub } from './hub.ts'
import { LiveSocket } from './live-socket.ts'
import { createNewsAudience } from './news-audience.ts'
import { newsSocketRoute } from './news-socket.ts'
import type { ChatLog } from './ports/chat-log.ts'
import type { NewsSource } from './ports/news-source.ts'
import { serveWebSockets } from './web-sockets.ts'

export interface LiveOptions {
  log: ChatLog
  news: NewsSource
  bus: Pick<Bus, 'publish' | 'subscribe' | 'trouble'>
  /** The setting BUS_TOPIC. */
  userEventsTopic: string
  tokens: Pick<Tokens, 'verify' | 'isValid'>
  logger: Logger
  /** Milliseconds that only grow. */
  now?: () => number
}

/** What arrives by itself: the sockets of one backend and what they share. */
export interface Live {
  /** Serves /v1/live and /v1/news as WebSockets, until the app is closed. */
  serve(app: FastifyInstance): void
  /** A node has answered that this message is stored. */
  readonly posted: Hub['posted']
  /** Why sockets may not be told at once what happens; undefined while they are. */
  readonly trouble: string | undefined
  readonly metrics: readonly Metric[]
}

const tickMs = 500

/** Subscribes to what happens. Sockets come with {@link Live.serve}. */
export function openLive(options: LiveOptions): Live {
  const { log, news: source, bus, userEventsTopic: topic, tokens, logger } = options
  const now = options.now ?? (() => performance.now())
  let sockets: { readonly count: number } = { count: 0 }
  const busOfSockets: Pick<Bus, 'publish' | 'subscribe'> = {
    publish: (name, event) => bus.publish(name, event),
    subscribe: (name, onEvent, handlers) =>
      bus.subscribe(name, onEvent, { ...handlers, isWanted: () => sockets.count > 0 }),
  }
  const hub = createHub({ log, bus: busOfSockets, logger, now })
  const news = createNewsAudience({ bus: busOfSockets, topic, source, logger })
  const services = { hub, news, log, source, tokens, logger, now }

  return {
    serve(app) {
      sockets = serveWebSockets(app, {
        routes: new Map([
          ['/v1/live', async () => (ws, tcp) => new LiveSocket(ws, tcp, services)],
          ['/v1/news', newsSocketRoute(services)],
        ]),
        logger,
        now,
      })
      app.get('/v1/live', { schema: { hide: true } }, async () => {
        throw new AppError(errorCodes.malformed, 'open this address as a WebSocket')
      })
      const timer = setInterval(() => {
        hub.tick()
        news.tick(now())
      }, tickMs)
      app.addHook('onClose', async () => {
        clearInterval(timer)
        hub.close()
        news.close()
      })
    },

    posted: hub.posted,

    get trouble() {
      return bus.trouble
    },

    metrics: [
      {
        name: 'live_sockets',
        help: 'open WebSockets',
        kind: 'gauge',
        labelNames: [],
        read: () => [{ labels: {}, value: sockets.count }],
      },
    ],
  }
}
