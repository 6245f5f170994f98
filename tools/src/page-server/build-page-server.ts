import httpProxy from '@fastify/http-proxy'
import fastifyStatic from '@fastify/static'
import { AppError, errorCodes } from '@roundtable/common/errors'
import { bodyLimit, createHttpServer } from '@roundtable/common/http-server'
import type { Logger } from '@roundtable/common/logger'
import type { FastifyInstance } from 'fastify'

export interface PageServerOptions {
  logger: Logger
  /** Absolute path of the built page: index.html beside assets/ with hashed names. */
  root: string
  /** Where the API is, such as http://127.0.0.1:8007. */
  backendUrl: string
}

/** Everything the page needs comes from its own origin, and nothing of it is inline. */
const contentSecurityPolicy =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

/** Serves the page, and hands /v1 (WebSockets too) and /docs on to the backend. It does not listen. */
export async function buildPageServer(options: PageServerOptions): Promise<FastifyInstance> {
  const app = createHttpServer({ logger: options.logger })
  // With an offer to upgrade Node lets go of the socket, and its end would be nobody's to hear: the process would end.
  app.server.on('connection', (socket) => socket.on('error', () => socket.destroy()))
  await servePage(app, options.root)
  for (const prefix of ['/v1', '/docs']) await passOn(app, prefix, options.backendUrl)
  return app
}

async function servePage(app: FastifyInstance, root: string): Promise<void> {
  await app.register(fastifyStatic, {
    root,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders(reply, path) {
      const isHashed = path.startsWith(`${root}/assets/`)
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      reply.header('content-security-policy', contentSecurityPolicy)
      reply.header('x-content-type-options', 'nosniff')
      reply.header('referrer-policy', 'no-referrer')
    },
  })
}

async function passOn(app: FastifyInstance, prefix: string, upstream: string): Promise<void> {
  await app.register(async (scope) => {
    // Bodies go through as they came: what is in them is for the backend to judge.
    scope.removeAllContentTypeParsers()
    await scope.register(httpProxy, {
      upstream,
      prefix,
      rewritePrefix: prefix,
      disableRequestLogging: true,
      // The proxy would ask again after a 503; whether that is right is for the caller to decide.
      retryMethods: [],
      undici: { connect: { timeout: 1_000 }, headersTimeout: 20_000, bodyTimeout: 20_000 },
      destroyAgent: true,
      replyOptions: {
        rewriteRequestHeaders: (request, headers) => ({ ...headers, ...addedHeaders(request) }),
        onError: (reply, { error }) => void reply.send(unreachable(reply.request.method, error)),
      },
      websocket: true,
      wsServerOptions: { maxPayload: bodyLimit },
      wsClientOptions,
    })
  })
}

/** Apart, as the types of the proxy do not know that the headers of a WebSocket can be rewritten, too. */
const wsClientOptions = {
  perMessageDeflate: false,
  rewriteRequestHeaders: (headers: object, request: Caller) => ({ ...headers, ...addedHeaders(request) }),
}

interface Caller {
  ip: string
  id: string
}

/** Overwrites what the client may have said of itself: limits count by this address. */
function addedHeaders(request: Caller): Record<string, string> {
  return { 'x-forwarded-for': request.ip, 'x-request-id': request.id }
}

function unreachable(method: string, error: Error): AppError {
  if (isRefused(error) || method === 'GET' || method === 'HEAD') {
    return new AppError(errorCodes.nobodyServes, 'the service is not there just now, try again', {
      cause: error,
    })
  }
  return new AppError(
    errorCodes.outcomeUnknown,
    'it is not known whether this was done: send it again with the same Idempotency-Key',
    { cause: error },
  )
}

/** Whether no connection came to be, so that nothing can have been done. */
function isRefused(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  if ('code' in error && (error.code === 'ECONNREFUSED' || error.code === 'UND_ERR_CONNECT_TIMEOUT'))
    return true
  return 'cause' in error && isRefused(error.cause)
}
