import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import type { ServerFrame } from './frames.ts'
import { type Live, openLive } from './open-live.ts'

/** A socket whose other end is the test. */
class FakeSocket {
  static readonly OPEN = 1
  static all: FakeSocket[] = []
  readonly url: string
  readyState = 0
  sent: unknown[] = []
  isClosed = false
  onopen?: () => void
  onmessage?: (event: { data: string }) => void
  onclose?: (event: { code: number }) => void

  constructor(url: string) {
    this.url = url
    FakeSocket.all.push(this)
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
  close(): void {
    this.isClosed = true
  }
  /** The other end takes the connection. */
  open(): void {
    this.readyState = FakeSocket.OPEN
    this.onopen?.()
  }
  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
}

const device = new Map<string, () => void>()
let frames: ServerFrame[]
let sessionEnds: number
let live: Live

beforeEach(() => {
  jest.useFakeTimers()
  FakeSocket.all = []
  frames = []
  sessionEnds = 0
  Object.assign(globalThis, {
    WebSocket: FakeSocket,
    location: { origin: 'https://chat.example' },
    addEventListener: (name: string, listener: () => void) => device.set(name, listener),
    removeEventListener: (name: string) => device.delete(name),
  })
  setOnline(true)
  live = openLive({
    token: 'the token',
    have: () => ({ c: 7 }),
    onFrame: (frame) => frames.push(frame),
    onSessionEnd: () => sessionEnds++,
  })
})
afterEach(() => {
  live.stop()
  jest.useRealTimers()
})

function setOnline(onLine: boolean): void {
  Object.defineProperty(globalThis, 'navigator', { value: { onLine }, configurable: true })
}

const last = (): FakeSocket => {
  const socket = FakeSocket.all.at(-1)
  if (!socket) throw new Error('no socket was opened')
  return socket
}
const ready: ServerFrame = { type: 'ready', userId: 3, chats: { c: 9 } }

function becomeLive(): FakeSocket {
  live.start()
  const socket = last()
  socket.open()
  socket.say(ready)
  live.caughtUp()
  return socket
}

test('it says who it is and what it has, and hands on what it is told', () => {
  const socket = becomeLive()
  expect(socket.url).toBe('wss://chat.example/v1/live')
  expect(socket.sent).toEqual([{ type: 'auth', token: 'the token', chats: { c: 7 } }])
  socket.onmessage?.({ data: 'no frame' })
  socket.say({ type: 'typing', cid: 'c', uid: 1 })
  expect(frames.map(({ type }) => type)).toEqual(['ready', 'typing'])
  expect(live.state()).toEqual({ phase: 'live' })
})

test('nothing is sent before it is known', () => {
  live.start()
  last().open()
  expect(live.send({ type: 'typing', cid: 'c' })).toBe(false)
  last().say(ready)
  expect(live.send({ type: 'typing', cid: 'c' })).toBe(true)
})

test('broken, it comes back with what it has by then; what the old one still says is not listened to', () => {
  const old = becomeLive()
  old.onclose?.({ code: 1006 })
  expect(live.state()).toMatchObject({ phase: 'waiting' })
  jest.advanceTimersByTime(500)
  expect(FakeSocket.all).toHaveLength(2)
  old.say({ type: 'typing', cid: 'c', uid: 1 })
  old.onclose?.({ code: 4401 })
  last().open()
  last().say(ready)
  expect(frames.map(({ type }) => type)).toEqual(['ready', 'ready'])
  expect(live.state().phase).toBe('catchingUp')
})

test('it waits as long as the server asks in its last frame', () => {
  const socket = becomeLive()
  socket.say({ type: 'error', code: 5030, message: 'shutting down', retryAfterMs: 3_000 })
  socket.onclose?.({ code: 1012 })
  jest.advanceTimersByTime(2_900)
  expect(FakeSocket.all).toHaveLength(1)
  jest.advanceTimersByTime(100)
  expect(FakeSocket.all).toHaveLength(2)
})

test('a connection that says nothing is given up and made anew', () => {
  live.start()
  const mute = last()
  jest.advanceTimersByTime(10_000)
  expect(mute.isClosed).toBe(true)
  jest.advanceTimersByTime(1_000)
  expect(FakeSocket.all).toHaveLength(2)
})

test('whoever does not want to wait does not have to', () => {
  becomeLive().onclose?.({ code: 1006 })
  live.retryNow()
  expect(FakeSocket.all).toHaveLength(2)
  jest.advanceTimersByTime(5_000)
  expect(FakeSocket.all).toHaveLength(2)
})

test('without a network it is tried again now and then, and at once when there is one', () => {
  const socket = becomeLive()
  setOnline(false)
  device.get('offline')?.()
  expect(socket.isClosed).toBe(true)
  last().onclose?.({ code: 1006 })
  expect(live.state()).toMatchObject({ phase: 'offline' })
  jest.advanceTimersByTime(15_000)
  expect(FakeSocket.all).toHaveLength(3)
  last().onclose?.({ code: 1006 })
  setOnline(true)
  device.get('online')?.()
  expect(FakeSocket.all).toHaveLength(4)
})

test('what the device says does not keep it from a server that is there', () => {
  setOnline(false)
  becomeLive()
  expect(live.state()).toEqual({ phase: 'live' })
})

test('a connection that dies without a word is found out, and made anew', () => {
  const socket = becomeLive()
  jest.advanceTimersByTime(45_000)
  expect(socket.sent.at(-1)).toEqual({ type: 'ping' })
  socket.say({ type: 'pong' })
  jest.advanceTimersByTime(44_000)
  expect(live.state()).toEqual({ phase: 'live' })
  jest.advanceTimersByTime(11_000)
  expect(socket.isClosed).toBe(true)
  expect(live.state()).toMatchObject({ phase: 'waiting' })
})

test('when something else did not get through, the connection is looked at, once', () => {
  const socket = becomeLive()
  live.check()
  jest.advanceTimersByTime(9_000)
  live.check()
  expect(socket.sent.slice(1)).toEqual([{ type: 'ping' }])
  jest.advanceTimersByTime(1_000)
  expect(live.state()).toMatchObject({ phase: 'waiting' })
})

test('a slow moment while connecting does not end the session', () => {
  live.start()
  last().open()
  last().say({ type: 'error', code: 4010, message: 'within 5 s' })
  last().onclose?.({ code: 4401 })
  expect(sessionEnds).toBe(0)
  jest.advanceTimersByTime(1_000)
  expect(FakeSocket.all).toHaveLength(2)
})

test('a refused token ends the session', () => {
  live.start()
  last().open()
  last().onclose?.({ code: 4401 })
  expect(sessionEnds).toBe(1)
  jest.advanceTimersByTime(60_000)
  expect(FakeSocket.all).toHaveLength(1)
})
