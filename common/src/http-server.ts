import { randomUUID } from 'node:crypto'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import findMyWay from 'find-my-way'
import { apiVersion } from './api-version.ts'
import { rejectBadConnection, sendError } from './error-mapper.ts'
import { AppError, errorCodes } from './errors.ts'
import type { Logger } from './logger.ts'

/** Largest body taken, in bytes: the longest message escaped as JSON fits many times. */
export const bodyLimit = 128 * 1024

/**
 * From the beginning of a close until the last connections are ended: longer than a request to a node may take, and
 * short enough for all that is closed after it.
 */
const lastRequestsMs = 4_000

export interface HttpServerOptions {
  logger: Logger
  /** Whose X-Forwarded-For is believed; nobody's by default. */
  trustProxy?: FastifyServerOptions['trustProxy']
  /** Paths asked every second by health checks: logged at debug only. */
  quietPaths?: readonly string[]
  /** Once true every answer ends its connection: the caller must not send its next request on it. */
  isDraining?: () => boolean
  /** Headers of every answer, errors among them. */
  headers?: Readonly<Record<string, string>>
}

/**
 * A Fastify server that speaks the API's common part: request ids, the error object for every failure, bodies read
 * as JSON (also when curl calls them a form), one log line a request. It does not listen.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const addCommonHeaders = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.headers({ ...options.headers, 'x-api-version': apiVersion, 'x-request-id': request.id })
    if (options.isDraining?.()) reply.header('connection', 'close')
  }
  const app = Fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustProxy ?? false,
    bodyLimit,
    // Longer than any client keeps an idle connection: a server that closes first resets a request on its way.
    keepAliveTimeout: 72_000,
    requestTimeout: 30_000,
    // A request that comes while we drain is still served: the caller chose us before it could know.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    genReqId: (request) => saneRequestId(request.headers['x-request-id']) ?? randomUUID(),
    frameworkErrors: (error, request, reply) => {
      // Such a request never reaches the hooks.
      addCommonHeaders(request, reply)
      sendError(error, request, reply)
    },
    clientErrorHandler: rejectBadConnection,
    routerOptions: { ignoreTrailingSlash: true },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(sendError)
  readBodiesAsJson(app)
  answerUnknownRoutes(app)
  app.addHook('onRequest', (request, reply, done) => {
    addCommonHeaders(request, reply)
    done()
  })
  logRequests(app, options.logger, options.quietPaths ?? [])
  endConnectionsOnClose(app)
  return app
}

/** A caller's own request id is kept when it is short and plain: it goes into logs and headers. */
export function saneRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : undefined
}

/** Who has sent nothing yet, or half a request, is not idle: such a connection would keep a close waiting for ever. */
function endConnectionsOnClose(app: FastifyInstance): void {
  app.addHook('preClose', (done) => {
    const timer = setTimeout(() => app.server.closeAllConnections(), lastRequestsMs).unref()
    app.server.once('close', () => clearTimeout(timer))
    done()
  })
}

function readBodiesAsJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  // Without cookies a cross-site form post carries no rights, so a form's content type may be taken as JSON.
  app.addContentTypeParser<string>(
    ['application/json', 'application/x-www-form-urlencoded'],
    { parseAs: 'string' },
    (request, body, done) => {
      // Some clients name a content type though they send nothing, and nothing is wanted.
      if (body === '' && !request.routeOptions.schema?.body) done(null, undefined)
      else parseJson(request, body, done)
    },
  )
}

function answerUnknownRoutes(app: FastifyInstance): void {
  const known = findMyWay({ ignoreTrailingSlash: true })
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const allowed = methods.get(url) ?? new Set<string>()
    for (const one of [method].flat()) allowed.add(one)
    if (!methods.has(url)) known.on('GET', url, () => {}, { url })
    methods.set(url, allowed)
  })
  app.setNotFoundHandler((request, reply) => {
    const url = (known.find('GET', request.url)?.store as { url: string } | undefined)?.url
    const allowed = url === undefined ? undefined : methods.get(url)
    if (allowed && !allowed.has(request.method)) {
      const list = [...allowed].join(', ')
      reply.header('allow', list)
      throw new AppError(errorCodes.method, `this address takes ${list}`)
    }
    throw new AppError(errorCodes.notFound, 'there is nothing at this address')
  })
}

function logRequests(app: FastifyInstance, logger: Logger, quietPaths: readonly string[]): void {
  const quiet = new Set(quietPaths)
  // No field of this line can hold a secret but the URL; looking each through for some takes a third of writing it.
  const log = logger.child({}, { redact: [] })
  app.addHook('onResponse', (request, reply, done) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const servedBy = reply.getHeader('x-served-by')
    log[quiet.has(path) ? 'debug' : 'info'](
      {
        reqId: request.id,
        method: request.method,
        url: withoutToken(request.url),
        remoteAddress: request.ip,
        status: reply.statusCode,
        bytes: Number(reply.getHeader('content-length') ?? 0),
        durationMs: Math.round(reply.elapsedTime * 100) / 100,
        ...(servedBy === undefined ? {} : { servedBy }),
      },
      'request',
    )
    done()
  })
}

/** A token in a query would be readable by whoever reads the log. */
export function withoutToken(url: string): string {
  return url.replace(/([?&]token=)[^&]*/gi, '$1[cut]')
}
