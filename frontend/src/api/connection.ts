import type { LastSeqs } from './frames.ts'

/** How things stand with the live socket, told as it is. */
export type Connection =
  /** Not wanted: signed out, or not started. */
  | { phase: 'closed' }
  /** The device says that it has no network, and the last attempt failed: it is made again at `until` all the same. */
  | { phase: 'offline'; until: number }
  | { phase: 'connecting'; attempt: number }
  /** Open and known; what was missed is still coming in. */
  | { phase: 'catchingUp'; heads: LastSeqs }
  | { phase: 'live' }
  /** Broken: the next attempt is at `until`, in ms of the clock that events name. */
  | { phase: 'waiting'; attempt: number; until: number }

export type ConnectionEvent =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'online' }
  | { type: 'offline' }
  /** The server took the token and told the newest seq of each chat. */
  | { type: 'ready'; heads: LastSeqs }
  /** Everything up to the heads is here. */
  | { type: 'caughtUp' }
  /**
   * @property online what the device says of its network
   * @property lastError what the server said was wrong before it closed
   */
  | {
      type: 'closed'
      code: number
      now: number
      chance: number
      online: boolean
      lastError?: { code: number; retryAfterMs?: number } | undefined
    }
  /** The wait is over, or the user does not want to wait. */
  | { type: 'retry' }

/** What is to be done with the socket. */
export type ConnectionEffect = 'open' | 'close' | 'wait' | 'endSession'

export interface Step {
  state: Connection
  effects: readonly ConnectionEffect[]
}

/** The server closed because of the token: it is of no use to come back with it. */
const tokenCode = 4401
/** It closes so too when no token came in time: that was a slow moment, and says nothing of the token. */
const noTokenInTime = 4010
const firstWaitMs = 500
const maxWaitMs = 15_000

/** The next state, and what is to be done on the way there. */
export function connectionStep(state: Connection, event: ConnectionEvent): Step {
  const stay: Step = { state, effects: [] }
  switch (event.type) {
    case 'start':
      return state.phase === 'closed' ? connecting(1) : stay
    case 'stop':
      return { state: { phase: 'closed' }, effects: ['close'] }
    case 'offline':
      // Only a hint: between two programs of one machine there is a way without any network.
      return state.phase === 'closed' || state.phase === 'offline' ? stay : connecting(1)
    case 'online':
      return state.phase === 'offline' || state.phase === 'waiting' ? connecting(1) : stay
    case 'retry':
      if (state.phase === 'offline') return connecting(1)
      return state.phase === 'waiting' ? connecting(state.attempt) : stay
    case 'ready':
      return state.phase === 'connecting'
        ? { state: { phase: 'catchingUp', heads: event.heads }, effects: [] }
        : stay
    case 'caughtUp':
      return state.phase === 'catchingUp' ? { state: { phase: 'live' }, effects: [] } : stay
    case 'closed':
      return closed(state, event)
  }
}

function connecting(attempt: number): Step {
  return { state: { phase: 'connecting', attempt }, effects: ['open'] }
}

function closed(state: Connection, event: Extract<ConnectionEvent, { type: 'closed' }>): Step {
  if (state.phase === 'closed' || state.phase === 'offline' || state.phase === 'waiting') {
    return { state, effects: [] }
  }
  const { code, now, chance, online, lastError } = event
  if (code === tokenCode && lastError?.code !== noTokenInTime) {
    return { state: { phase: 'closed' }, effects: ['endSession'] }
  }
  // Between half and all of it, so that those whom one failure cut off do not come back all at once.
  const spread = 0.5 + chance / 2
  if (!online) return { state: { phase: 'offline', until: now + maxWaitMs * spread }, effects: ['wait'] }
  const attempt = state.phase === 'connecting' ? state.attempt : 0
  const backoffMs = Math.min(firstWaitMs * 2 ** attempt, maxWaitMs) * spread
  const until = now + Math.round(Math.max(lastError?.retryAfterMs ?? 0, backoffMs))
  return { state: { phase: 'waiting', attempt: attempt + 1, until }, effects: ['wait'] }
}
