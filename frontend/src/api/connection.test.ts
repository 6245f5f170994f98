import { expect, test } from '@jest/globals'
import { type Connection, type ConnectionEvent, connectionStep } from './connection.ts'

/** Goes through the events from a state; answers the last state and all that was to be done. */
function run(events: ConnectionEvent[], from: Connection = { phase: 'closed' }) {
  let state = from
  const effects = events.flatMap((event) => {
    const step = connectionStep(state, event)
    state = step.state
    return step.effects
  })
  return { state, effects }
}

const start: ConnectionEvent = { type: 'start' }
const ready: ConnectionEvent = { type: 'ready', heads: { c: 3 } }
const broken = (fields: Partial<Extract<ConnectionEvent, { type: 'closed' }>> = {}): ConnectionEvent => ({
  type: 'closed',
  code: 1006,
  now: 1_000,
  chance: 1,
  online: true,
  ...fields,
})

test('it is live only after what was missed is here', () => {
  expect(run([start])).toEqual({ state: { phase: 'connecting', attempt: 1 }, effects: ['open'] })
  expect(run([start, ready]).state).toEqual({ phase: 'catchingUp', heads: { c: 3 } })
  expect(run([start, ready, { type: 'caughtUp' }]).state).toEqual({ phase: 'live' })
})

test('a connection that breaks is made again soon, then at growing intervals', () => {
  const first = run([broken()], { phase: 'live' })
  expect(first).toEqual({ state: { phase: 'waiting', attempt: 1, until: 1_500 }, effects: ['wait'] })
  const waits = [1, 2, 3, 10].map((attempt) => {
    const { state } = run([broken({ now: 0 })], { phase: 'connecting', attempt })
    return state.phase === 'waiting' ? state.until : undefined
  })
  expect(waits).toEqual([1_000, 2_000, 4_000, 15_000])
})

test('those whom one failure cut off come back spread over half the interval', () => {
  const { state } = run([broken({ now: 0, chance: 0 })], { phase: 'connecting', attempt: 2 })
  expect(state).toEqual({ phase: 'waiting', attempt: 3, until: 1_000 })
})

test('it waits at least as long as the server asks', () => {
  const { state } = run([broken({ code: 1012, lastError: { code: 5030, retryAfterMs: 700 } })], {
    phase: 'live',
  })
  expect(state).toEqual({ phase: 'waiting', attempt: 1, until: 1_700 })
})

test('the next attempt keeps count, until one succeeds', () => {
  const { state, effects } = run([{ type: 'retry' }], { phase: 'waiting', attempt: 4, until: 0 })
  expect(state).toEqual({ phase: 'connecting', attempt: 4 })
  expect(effects).toEqual(['open'])
  expect(run([ready, broken()], state).state).toMatchObject({ attempt: 1 })
})

test('a token that is refused ends the session and is not tried again', () => {
  const { state, effects } = run([start, broken({ code: 4401 })])
  expect(state).toEqual({ phase: 'closed' })
  expect(effects).toEqual(['open', 'endSession'])
})

test('a token that did not come in time is sent again: that says nothing of the token', () => {
  const { state, effects } = run([start, broken({ code: 4401, lastError: { code: 4010 } })])
  expect(state).toMatchObject({ phase: 'waiting', attempt: 2 })
  expect(effects).toEqual(['open', 'wait'])
  expect(run([start, broken({ code: 4401, lastError: { code: 4011 } })]).effects).toEqual([
    'open',
    'endSession',
  ])
})

test('a device that says it has no network is not simply believed', () => {
  expect(run([{ type: 'offline' }], { phase: 'live' })).toEqual({
    state: { phase: 'connecting', attempt: 1 },
    effects: ['open'],
  })
  const offline = run([{ type: 'offline' }, broken({ now: 0, online: false })], { phase: 'live' })
  expect(offline).toEqual({ state: { phase: 'offline', until: 15_000 }, effects: ['open', 'wait'] })
  expect(run([{ type: 'offline' }], offline.state).effects).toEqual([])
  expect(run([{ type: 'retry' }], offline.state).effects).toEqual(['open'])
  expect(run([{ type: 'online' }], offline.state).effects).toEqual(['open'])
})

test('stopped, nothing brings it back', () => {
  const stopped = run([start, ready, { type: 'stop' }])
  expect(stopped.effects).toEqual(['open', 'close'])
  const later: ConnectionEvent[] = [
    broken(),
    { type: 'online' },
    { type: 'retry' },
    ready,
    { type: 'offline' },
  ]
  expect(run(later, stopped.state)).toEqual({ state: { phase: 'closed' }, effects: [] })
})
