import type { Socket } from 'node:net'
import { toAppError } from '@roundtable/common/error-mapper'
import { AppError, errorCodes } from '@roundtable/common/errors'
import type { Logger } from '@roundtable/common/logger'
import type { WebSocket } from 'ws'
import type { TokenClaims, Tokens } from '../auth/tokens.ts'
import type { NewsEvent } from '../news/store.ts'
import type { Chat, Member } from './chat.ts'
import { type CloseCode, closeCodes } from './close-codes.ts'
import { newFrameBudget, spendFrame } from './frame-budget.ts'
import { AuthFrame, encode, newsFrame, pongFrame, Request, TokenFrame } from './frames.ts'
import { GuardedSocket } from './guarded-socket.ts'
import type { Hub } from './hub.ts'
import type { Listener, NewsAudience } from './news-audience.ts'
import type { ChatLog } from './ports/chat-log.ts'
import { readFrame } from './read-frame.ts'
import type { Connection } from './web-sockets.ts'

/** How long a client has for its first frame. */
const authMs = 5_000
/** Told to the other members at most so often. */
const typingMs = 1_500
/** One frame says so of many that were refused. */
const refusalMs = 1_000

/** What all sockets of a backend use. */
export interface SocketServices {
  hub: Hub
  news: NewsAudience
  log: Pick<ChatLog, 'markRead'>
  tokens: Pick<Tokens, 'verify' | 'isValid'>
  logger: Logger
  now: () => number
}

/** One client of GET /v1/live: what it says, and what it is sent. A class, as there are thousands of them. */
export class LiveSocket implements Member, Listener, Connection {
  readonly chats = new Set<Chat>()
  readonly left = new Map<string, number>()
  readonly behind = new Set<Chat>()
  ready = false
  readonly #services: SocketServices
  readonly #socket: GuardedSocket
  readonly #openedAt: number
  readonly #budget
  #claims: TokenClaims | undefined
  #refusedAt = Number.NEGATIVE_INFINITY
  #typedAt = Number.NEGATIVE_INFINITY

  constructor(ws: WebSocket, tcp: Socket, services: SocketServices) {
    this.#services = services
    this.#socket = new GuardedSocket(ws, tcp, services)
    this.#openedAt = services.now()
    this.#budget = newFrameBudget(this.#openedAt)
    ws.on('message', (data: Buffer, isBinary) => void this.#receive(data, isBinary))
  }

  /** 0 until the client has said who it is. */
  get uid(): number {
    return this.#claims?.uid ?? 0
  }

  get isOpen(): boolean {
    return this.#socket.isOpen
  }

  get isCongested(): boolean {
    return this.#socket.isCongested
  }

  send(frame: Buffer): void {
    this.#socket.send(frame)
  }

  drained(): Promise<void> {
    return this.#socket.drained()
  }

  tell(event: NewsEvent): void {
    this.send(newsFrame(event))
  }

  tick(now: number): void {
    if (this.isOpen && !this.#claims && now - this.#openedAt > authMs) {
      const message = 'the first frame is {"type":"auth","token":…}, within 5 s'
      this.refuse(new AppError(errorCodes.noToken, message), closeCodes.token)
    }
    if (this.isOpen && this.#claims && !this.#services.tokens.isValid(this.#claims)) {
      const message = 'this token is not valid any more, sign in again'
      this.refuse(new AppError(errorCodes.badToken, message), closeCodes.token)
    }
    this.#socket.tick(now)
  }

  refuse(error: AppError, closeCode: CloseCode, retryAfterMs?: number): void {
    this.#sendError(error, retryAfterMs)
    this.#socket.close(closeCode, error.message)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  closed(code: number): void {
    if (!this.#claims) return
    const { hub, news, logger, now } = this.#services
    hub.leave(this)
    news.remove(this)
    const durationMs = Math.round(now() - this.#openedAt)
    logger.info({ uid: this.uid, code, durationMs }, 'live socket closed')
  }

  async #receive(data: Buffer, isBinary: boolean): Promise<void> {
    const verdict = spendFrame(this.#budget, this.#services.now())
    if (verdict !== 'taken') {
      this.#refuseFrame(verdict)
      return
    }
    try {
      if (this.#claims) await this.#serve(readFrame(Request, data, isBinary))
      else await this.#authenticate(data, isBinary)
    } catch (error) {
      this.#sendError(this.#toldError(error))
    }
  }

  #refuseFrame(verdict: 'refused' | 'flood'): void {
    const error = new AppError(errorCodes.slowDown, 'too many frames: slow down')
    const now = this.#services.now()
    if (verdict === 'flood') {
      this.refuse(error, closeCodes.policy)
    } else if (now - this.#refusedAt > refusalMs) {
      this.#refusedAt = now
      this.#sendError(error)
    }
  }

  async #authenticate(data: Buffer, isBinary: boolean): Promise<void> {
    const { tokens, hub, news } = this.#services
    try {
      const claims = await tokens.verify(readFrame(TokenFrame, data, isBinary).token)
      // Said twice before it was checked, or gone.
      if (this.#claims || !this.isOpen) return
      this.#claims = claims
      const { chats = {} } = readFrame(AuthFrame, data, isBinary)
      await hub.admit(this, chats)
      // Gone while the store was asked.
      if (this.isOpen) await news.add(this)
    } catch (error) {
      const known = this.#toldError(error)
      if (known.code >= errorCodes.internal) this.refuse(known, closeCodes.tryLater, 1_000)
      // To a client 4401 means that its token is of no use any more.
      else this.refuse(known, this.#claims ? closeCodes.policy : closeCodes.token)
    }
  }

  async #serve(request: Request): Promise<void> {
    const { hub, log, now } = this.#services
    if (!this.ready) throw new AppError(errorCodes.slowDown, 'wait for the ready frame')
    if (request.type === 'resume') {
      hub.resume(this, request.chats)
    } else if (request.type === 'read') {
      await log.markRead(this.uid, request.cid, request.seq)
    } else if (request.type === 'ping') {
      this.send(pongFrame)
    } else if (now() - this.#typedAt >= typingMs) {
      this.#typedAt = now()
      if (!hub.typing(this, request.cid)) throw new AppError(errorCodes.notFound, 'there is no such chat')
    }
  }

  #toldError(error: unknown): AppError {
    const known = toAppError(error)
    if (known.code === errorCodes.internal) {
      this.#services.logger.error({ err: error, uid: this.uid }, 'a frame could not be served')
    }
    return known
  }

  #sendError({ code, message }: AppError, retryAfterMs?: number): void {
    this.send(
      encode({ type: 'error', code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }),
    )
  }
}
