import { type Connection, type ConnectionEvent, connectionStep } from './connection.ts'
import { type ClientFrame, type LastSeqs, parseFrame, type ServerFrame } from './frames.ts'

export interface LiveOptions {
  token: string
  /** By chat, the greatest seq that is here: asked for whenever a connection is made. */
  have: () => LastSeqs
  onFrame: (frame: ServerFrame) => void
  onSessionEnd: () => void
}

/** The live socket of one session: it comes back by itself for as long as it is not closed. */
export interface Live {
  subscribe(listener: () => void): () => void
  state(): Connection
  /** Begins, also after it was stopped. */
  start(): void
  stop(): void
  /** Does not wait for the next attempt. */
  retryNow(): void
  /** Something did not get through: asks for a sign of life at once. */
  check(): void
  /** Everything up to the heads of the last `ready` is here. */
  caughtUp(): void
  /** @returns false when there is no connection; nothing is kept */
  send(frame: ClientFrame): boolean
}

/** A connection that says nothing for so long after it was asked for is given up. */
const connectTimeoutMs = 10_000
/** One that is live and says nothing for so long is asked for a sign of life; one that does not answer is given up. */
const silenceMs = 45_000
const answerMs = 10_000

/** GET /v1/live on this page's own origin. */
export function openLive(options: LiveOptions): Live {
  const listeners = new Set<() => void>()
  let state: Connection = { phase: 'closed' }
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  /** A sign of life is waited for. */
  let isAsked = false
  let lastError: Extract<ServerFrame, { type: 'error' }> | undefined

  const apply = (event: ConnectionEvent): void => {
    const step = connectionStep(state, event)
    if (step.state === state && step.effects.length === 0) return
    state = step.state
    for (const effect of step.effects) effects[effect]()
    for (const listener of listeners) listener()
  }

  const drop = (): void => {
    clearTimeout(timer)
    isAsked = false
    const dropped = socket
    // Forgotten first: what it still says is not listened to.
    socket = undefined
    dropped?.close()
  }

  const broken = (code: number): void => {
    drop()
    const { onLine: online } = navigator
    apply({ type: 'closed', code, now: Date.now(), chance: Math.random(), online, lastError })
  }

  const isReady = (): boolean => state.phase === 'live' || state.phase === 'catchingUp'

  const check = (): void => {
    if (!isReady() || isAsked) return
    isAsked = true
    clearTimeout(timer)
    send({ type: 'ping' })
    timer = setTimeout(() => broken(1006), answerMs)
  }

  const take = (frame: ServerFrame): void => {
    if (frame.type === 'error') lastError = frame
    if (frame.type === 'ready') apply({ type: 'ready', heads: frame.chats })
    if (isReady()) {
      // A connection may die without a word, and would be called live for minutes.
      clearTimeout(timer)
      isAsked = false
      timer = setTimeout(check, silenceMs)
    }
    options.onFrame(frame)
  }

  const open = (): void => {
    drop()
    lastError = undefined
    const opening = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/v1/live`)
    socket = opening
    const isCurrent = (): boolean => socket === opening
    opening.onopen = () => {
      if (isCurrent()) send({ type: 'auth', token: options.token, chats: options.have() })
    }
    opening.onmessage = ({ data }) => {
      const frame = isCurrent() ? parseFrame(String(data)) : undefined
      if (frame) take(frame)
    }
    opening.onclose = ({ code }) => {
      if (isCurrent()) broken(code)
    }
    timer = setTimeout(() => broken(1006), connectTimeoutMs)
  }

  const send = (frame: ClientFrame): boolean => {
    if (socket?.readyState !== WebSocket.OPEN) return false
    socket.send(JSON.stringify(frame))
    return true
  }

  const effects = {
    open,
    close: drop,
    wait() {
      if (state.phase === 'waiting' || state.phase === 'offline')
        timer = setTimeout(() => apply({ type: 'retry' }), state.until - Date.now())
    },
    endSession: () => options.onSessionEnd(),
  }

  const onOnline = (): void => {
    apply({ type: 'online' })
    check()
  }
  const onOffline = (): void => apply({ type: 'offline' })

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    state: () => state,
    start() {
      addEventListener('online', onOnline)
      addEventListener('offline', onOffline)
      apply({ type: 'start' })
    },
    stop() {
      removeEventListener('online', onOnline)
      removeEventListener('offline', onOffline)
      apply({ type: 'stop' })
    },
    retryNow() {
      if (state.phase === 'waiting') apply({ type: 'retry' })
    },
    check,
    caughtUp: () => apply({ type: 'caughtUp' }),
    send(frame) {
      return isReady() && send(frame)
    },
  }
}
