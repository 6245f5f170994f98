import type { LastSeqs } from './frames.ts'

/** How things stand with the live socket, told as it is. */
export type Connection =
  /** Not wanted: signed out, or not started. */
  | { phase: 'closed' }
  /** The device says that it has no network. */
  | { phase: 'offline' }
  | { phase: 'connecting'; attempt: number }
  /** Open and known; what was missed is still coming in. */
  | { phase: 'catchingUp'; heads: LastSeqs }
  | { phase: 'live' }
  /** Broken: the next attempt is at `until`, in ms of the clock that events name. */
  | { phase: 'waiting'; attempt: number; until: number }

export type ConnectionEvent =
  | { type: 'start'; online: boolean }
  | { type: 'stop' }
  | { type: 'online' }
  | { type: 'offline' }
  /** The server took the token and told the newest seq of each chat. */
  | { type: 'ready'; heads: LastSeqs }
  /** Everything up to the heads is here. */
  | { type: 'caughtUp' }
  /** @property retryAfterMs what the server asked for in its last frame */
  | { type: 'closed'; code: number; now: number; chance: number; retryAfterMs?: number | undefined }
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
const firstWaitMs = 500
const maxWaitMs = 15_000

/** The next state, and what is to be done on the way there. */
export function connectionStep(state: Connection, event: ConnectionEvent): Step {
  const stay: Step = { state, effects: [] }
  switch (event.type) {
    case 'start':
      if (state.phase !== 'closed') return stay
      return event.online ? connecting(1) : { state: { phase: 'offline' }, effects: [] }
    case 'stop':
      return { state: { phase: 'closed' }, effects: ['close'] }
    case 'offline':
      return state.phase === 'closed' ? stay : { state: { phase: 'offline' }, effects: ['close'] }
    case 'online':
      return state.phase === 'offline' || state.phase === 'waiting' ? connecting(1) : stay
    case 'retry':
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
  if (event.code === tokenCode) return { state: { phase: 'closed' }, effects: ['endSession'] }
  const attempt = state.phase === 'connecting' ? state.attempt : 0
  // Between half and all of it, so that those whom one failure cut off do not come back all at once.
  const backoffMs = Math.min(firstWaitMs * 2 ** attempt, maxWaitMs) * (0.5 + event.chance / 2)
  const until = event.now + Math.round(Math.max(event.retryAfterMs ?? 0, backoffMs))
  return { state: { phase: 'waiting', attempt: attempt + 1, until }, effects: ['wait'] }
}
