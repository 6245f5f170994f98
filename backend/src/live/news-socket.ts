import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { AppError, errorCodes } from '@roundtable/common/errors'
import type { WebSocket } from 'ws'
import type { TokenClaims } from '../auth/tokens.ts'
import { toEventObject } from '../news/schemas.ts'
import type { NewsEvent } from '../news/store.ts'
import { type CloseCode, closeCodes } from './close-codes.ts'
import { GuardedSocket } from './guarded-socket.ts'
import type { SocketServices } from './live-socket.ts'
import type { Listener } from './news-audience.ts'
import type { NewsSource } from './ports/news-source.ts'
import type { Connection, WebSocketRoute } from './web-sockets.ts'

/** So many of the last events come first. */
const lastEvents = 30
const maxSocketsOfUser = 20

export interface NewsSocketServices extends Omit<SocketServices, 'hub' | 'log'> {
  source: Pick<NewsSource, 'feed'>
}

/** GET /v1/news?token= as a WebSocket: the last events, oldest first, then each as it happens. */
export function newsSocketRoute(services: NewsSocketServices): WebSocketRoute {
  const counts = new Map<number, number>()
  return async (request) => {
    const claims = await services.tokens.verify(tokenOf(request))
    const { uid } = claims
    const countOf = () => counts.get(uid) ?? 0
    if (countOf() >= maxSocketsOfUser) {
      const message = `a user may have ${maxSocketsOfUser} sockets for news: close another one`
      throw new AppError(errorCodes.slowDown, message)
    }
    return (ws, tcp) => {
      counts.set(uid, countOf() + 1)
      ws.once('close', () => (countOf() > 1 ? counts.set(uid, countOf() - 1) : counts.delete(uid)))
      return openNewsSocket(ws, tcp, claims, services)
    }
  }
}

function tokenOf({ url = '' }: IncomingMessage): string {
  const token = new URL(url, 'http://backend').searchParams.get('token')
  if (!token) throw new AppError(errorCodes.noToken, 'sign in and give the token as ?token=')
  return token
}

function openNewsSocket(
  ws: WebSocket,
  tcp: Socket,
  claims: TokenClaims,
  services: NewsSocketServices,
): Connection {
  const { news, source, tokens } = services
  const socket = new GuardedSocket(ws, tcp, services)
  // What happens while the last events are read comes after them.
  let waiting: NewsEvent[] | undefined = []
  // One of them may be told only now: its event was held up.
  const first = new Set<number>()

  const send = (event: NewsEvent): void => socket.send(Buffer.from(JSON.stringify(toEventObject(event))))
  const listener: Listener = {
    uid: claims.uid,
    tell(event) {
      if (waiting) waiting.push(event)
      else if (!first.has(event.id)) send(event)
    },
  }
  const refuse = (error: AppError, closeCode: CloseCode): void => {
    socket.send(Buffer.from(JSON.stringify(error.body)))
    socket.close(closeCode, error.message)
  }
  const begin = async (): Promise<void> => {
    await news.add(listener)
    const latest = (await source.feed(claims.uid, { limit: lastEvents })).reverse()
    for (const event of latest) {
      first.add(event.id)
      send(event)
    }
    const waited = waiting ?? []
    waiting = undefined
    for (const event of waited) listener.tell(event)
  }

  begin().catch((error: unknown) => {
    services.logger.warn({ err: error }, 'cannot read the last events')
    refuse(
      new AppError(errorCodes.storeAway, 'the store is away: reconnect after a while'),
      closeCodes.tryLater,
    )
  })

  return {
    tick(now) {
      if (socket.isOpen && !tokens.isValid(claims)) {
        refuse(
          new AppError(errorCodes.badToken, 'this token is not valid any more, sign in again'),
          closeCodes.token,
        )
      }
      socket.tick(now)
    },
    refuse,
    terminate: () => socket.terminate(),
    closed: () => news.remove(listener),
  }
}
