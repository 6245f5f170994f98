import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { apiVersion } from '@roundtable/common/api-version'
import { endWithError, toAppError } from '@roundtable/common/error-mapper'
import { AppError, errorCodes } from '@roundtable/common/errors'
import { saneRequestId } from '@roundtable/common/http-server'
import type { Logger } from '@roundtable/common/logger'
import type { FastifyInstance } from 'fastify'
import { type WebSocket, WebSocketServer } from 'ws'
import { type CloseCode, closeCodes } from './close-codes.ts'
import { declineUpgrade } from './decline-upgrade.ts'

/** One open WebSocket, as the server looks after it. */
export interface Connection {
  /** Called once a second, in ms that only grow. */
  tick(now: number): void
  /** Says what is wrong and closes. */
  refuse(error: AppError, closeCode: CloseCode, retryAfterMs?: number): void
  /** Ends it without another word. */
  terminate(): void
  /** It is closed. */
  closed(code: number): void
}

/**
 * What a path makes of a request for a WebSocket: a connection, made when the WebSocket stands.
 * @throws AppError which the client is answered instead
 */
export type WebSocketRoute = (request: IncomingMessage) => Promise<(ws: WebSocket, tcp: Socket) => Connection>

export interface WebSocketsOptions {
  routes: ReadonlyMap<string, WebSocketRoute>
  logger: Logger
  now?: () => number
}

/** Longest frame of a client: the first one may name 500 chats. */
const maxPayload = 64 * 1024
const maxSockets = 20_000
const tickMs = 1_000
/** How long clients have to answer that their socket is being closed. */
const farewellMs = 1_500
/** So many clients a second are told to reconnect. */
const reconnectsPerS = 500

/** Serves the WebSockets of an app, beside its routes and on the same port. One timer looks after all of them. */
export function serveWebSockets(
  app: FastifyInstance,
  options: WebSocketsOptions,
): { readonly count: number } {
  const { routes, logger, now = () => performance.now() } = options
  const connections = new Set<Connection>()
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
  })
  let isClosing = false

  server.on('headers', (headers, request) => {
    const requestId = saneRequestId(request.headers['x-request-id']) ?? randomUUID()
    headers.push(`X-Api-Version: ${apiVersion}`, `X-Request-Id: ${requestId}`)
  })

  server.on('wsClientError', (_error, tcp) => {
    endWithError(new AppError(errorCodes.malformed, 'this is not a valid WebSocket handshake'), tcp as Socket)
  })

  const upgrade = async (route: WebSocketRoute, request: IncomingMessage, tcp: Socket, head: Buffer) => {
    // It may break while it is being decided about.
    tcp.on('error', ignore)
    try {
      if (isClosing || connections.size >= maxSockets) {
        throw new AppError(errorCodes.nobodyServes, 'this backend takes no more connections, try again')
      }
      const connect = await route(request)
      server.handleUpgrade(request, tcp, head, (ws) => {
        tcp.off('error', ignore)
        open(connect(ws, tcp), ws)
      })
    } catch (error) {
      const known = toAppError(error)
      if (known.code === errorCodes.internal) logger.error({ err: error }, 'a WebSocket could not be opened')
      endWithError(known, tcp)
    }
  }

  const open = (connection: Connection, ws: WebSocket): void => {
    connections.add(connection)
    ws.once('close', (code) => {
      connections.delete(connection)
      connection.closed(code)
    })
  }

  app.server.on('upgrade', (request, stream, head) => {
    const tcp = stream as Socket
    const [path = ''] = (request.url ?? '').split('?', 1)
    const route = isForWebSocket(request) ? routes.get(path.replace(/(?<=.)\/$/, '')) : undefined
    if (route) void upgrade(route, request, tcp, head)
    else void declineUpgrade(app, request, tcp, head)
  })

  const timer = setInterval(() => {
    for (const connection of connections) connection.tick(now())
  }, tickMs)

  app.addHook('preClose', async () => {
    isClosing = true
    clearInterval(timer)
    const spreadMs = Math.max(500, (connections.size / reconnectsPerS) * 1_000)
    for (const connection of connections) {
      const error = new AppError(errorCodes.nobodyServes, 'this backend shuts down: reconnect')
      connection.refuse(error, closeCodes.restart, Math.round(100 + Math.random() * spreadMs))
    }
    const end = now() + farewellMs
    while (connections.size > 0 && now() < end) await sleep(20)
    for (const connection of connections) connection.terminate()
  })

  return {
    get count() {
      return connections.size
    },
  }
}

function isForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
}

function ignore(): void {}
