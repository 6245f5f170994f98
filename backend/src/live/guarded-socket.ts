import type { Socket } from 'node:net'
import type { Logger } from '@roundtable/common/logger'
import type { WebSocket } from 'ws'
import { type CloseCode, closeCodes } from './close-codes.ts'

/** How often a client is asked for a sign of life; one that gave none since is gone. */
const pingMs = 45_000
/** Beyond so many bytes that wait to be sent, what can wait does. */
const congestedBytes = 256 * 1024
/** Beyond so many the client is cut off. */
const maxWaitingBytes = 1024 * 1024
/** So long a client may leave what waits untouched. */
const maxCongestedMs = 5_000
/** How long a client may take to answer that the socket is being closed. */
const maxClosingMs = 3_000

const asText = { binary: false }

/**
 * A WebSocket whose memory is bounded and whose end is noticed: a client that takes nothing is cut off, and one that is
 * gone is found out. A class, as there are thousands of them.
 */
export class GuardedSocket {
  readonly #ws: WebSocket
  readonly #tcp: Socket
  #isAlive = true
  #pingedAt: number
  #congestedAt: number | undefined
  #closingAt = Number.POSITIVE_INFINITY
  readonly #now: () => number

  /** @param tcp carries the WebSocket: it tells when what waits has been sent */
  constructor(ws: WebSocket, tcp: Socket, { logger, now }: { logger: Logger; now: () => number }) {
    this.#ws = ws
    this.#tcp = tcp
    this.#now = now
    this.#pingedAt = now()
    ws.on('pong', () => {
      this.#isAlive = true
    })
    // What is wrong with its frames ends the socket, and that is all there is to do.
    ws.on('error', (error) => logger.debug({ err: error }, 'a WebSocket failed'))
  }

  get isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN
  }

  /** So much waits to be sent that more must wait. */
  get isCongested(): boolean {
    return this.#ws.bufferedAmount > congestedBytes
  }

  /** Sends a text frame. Never throws; a client that is too far behind is cut off instead. */
  send(frame: Buffer): void {
    if (!this.isOpen) return
    if (this.#ws.bufferedAmount > maxWaitingBytes) {
      this.#cutOff()
      return
    }
    this.#gather()
    this.#ws.send(frame, asText)
  }

  /** Resolves when it is no longer congested, or no longer open. */
  async drained(): Promise<void> {
    if (!this.#tcp.writableNeedDrain || this.#tcp.destroyed) return
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#tcp.off('drain', done)
        this.#tcp.off('close', done)
        resolve()
      }
      this.#tcp.on('drain', done)
      this.#tcp.on('close', done)
    })
  }

  close(code: CloseCode, reason: string): void {
    this.#closingAt = this.#now()
    // A close frame has room for 123 bytes.
    this.#ws.close(code, reason.slice(0, 100))
  }

  terminate(): void {
    this.#ws.terminate()
  }

  /** To be called once a second. */
  tick(now: number): void {
    if (!this.isOpen) {
      // The last word waits behind what the client does not take, or is not answered.
      if (now - this.#closingAt > maxClosingMs) this.#ws.terminate()
    } else if (this.isCongested) {
      this.#congestedAt ??= now
      if (now - this.#congestedAt > maxCongestedMs) this.#cutOff()
    } else {
      this.#congestedAt = undefined
      this.#askForLife(now)
    }
  }

  /** What is sent in one turn goes to the system together: a call for each frame costs more than all the rest of it. */
  #gather(): void {
    if (this.#tcp.writableCorked > 0) return
    this.#tcp.cork()
    process.nextTick(() => this.#tcp.uncork())
  }

  #cutOff(): void {
    this.close(closeCodes.slow, 'too slow: reconnect and resume')
  }

  #askForLife(now: number): void {
    if (now - this.#pingedAt < pingMs) return
    if (!this.#isAlive) {
      this.#ws.terminate()
      return
    }
    this.#isAlive = false
    this.#pingedAt = now
    this.#ws.ping()
  }
}
