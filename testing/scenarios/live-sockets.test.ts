import { connect } from 'node:net'
import specs from '@asyncapi/specs'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createTokens, type TokenClaims } from '@roundtable/backend/src/auth/tokens'
import { addAsyncApi } from '@roundtable/backend/src/live/asyncapi'
import { type LiveOptions, openLive } from '@roundtable/backend/src/live/open-live'
import type { NewsEvent } from '@roundtable/backend/src/news/store'
import { topics } from '@roundtable/common/bus/bus'
import type { ChatEvent } from '@roundtable/common/chat-events'
import type { MembersEntry } from '@roundtable/common/dialogue-wire'
import { AppError, errorCodes } from '@roundtable/common/errors'
import { createHttpServer } from '@roundtable/common/http-server'
import { createLogger } from '@roundtable/common/logger'
import { Ajv, type AnySchema } from 'ajv'
import { createMemoryBus } from '../../backend/src/live/memory-bus.test-support.ts'
import { createMemoryChatLog } from '../../backend/src/live/memory-chat-log.test-support.ts'
import { connectLive, type LiveConnection, type LiveFrame, openSocket } from '../load/live-client.ts'
import { waitUntil } from '../servers/wait-until.ts'

// Real sockets of real backends, in one process: the store and the bus are in memory, and the clock can be put forward.

const logger = createLogger('test').child({}, { level: 'silent' })
const cid = 'a'.repeat(24)

let store: ReturnType<typeof createMemoryChatLog>
let bus: ReturnType<typeof createMemoryBus>
let ended: Set<string>
let putForwardMs: number
let closers: (() => Promise<unknown>)[]
let followed: number[]
let feed: NewsEvent[]
let reads: number
/** All that was sent in any test: it must be as the document says. */
const sent: LiveFrame[] = []
const sentNews: object[] = []
const newsTypeOf = (frame: object) => ('object' in frame ? `news.${frame.object}` : 'none')

beforeEach(() => {
  store = createMemoryChatLog()
  store.makeChat(cid, [1, 2])
  bus = createMemoryBus()
  ended = new Set()
  putForwardMs = 0
  closers = []
  followed = []
  feed = []
  reads = 0
})
afterEach(async () => {
  for (const close of closers) await close()
})

const isEnded = ({ jti }: TokenClaims) => ended.has(jti)
const tokens = createTokens('a secret for tests only', (claims) => isEnded(claims))

function whomTheyFollow(): number[] {
  reads++
  return followed
}

async function startBackend(more: Partial<LiveOptions> = {}) {
  const app = createHttpServer({ logger })
  addAsyncApi(app)
  const live = openLive({
    log: store.log,
    bus: bus.bus,
    userEventsTopic: 'userEvents',
    news: { followed: async () => whomTheyFollow(), feed: async (_, { limit }) => feed.slice(0, limit) },
    tokens: await tokens,
    logger,
    now: () => performance.now() + putForwardMs,
    ...more,
  })
  live.serve(app)
  app.get('/other', async () => ({ object: 'other' }))
  app.post('/other', async ({ body }) => ({ object: 'other', body }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  closers.push(() => app.close())
  return { app, live, url }
}

async function tokenOf(id: number): Promise<string> {
  return (await (await tokens).issue({ id, username: `user${id}`, generation: 0 })).token
}

const onFrame = (frame: LiveFrame) => void sent.push(frame)

async function connectAs(uid: number, url: string, chats?: Record<string, number>): Promise<LiveConnection> {
  const connection = await connectLive(url, await tokenOf(uid), { onFrame, ...(chats ? { chats } : {}) })
  await frame(connection, 'ready')
  return connection
}

async function frame(connection: LiveConnection, type: string): Promise<LiveFrame> {
  const find = () => connection.frames.find((one) => one.type === type)
  await waitUntil(`a frame: ${type}`, () => find() !== undefined)
  return find() ?? { type }
}

const tell = ({ name, body }: ChatEvent) => bus.bus.publish(topics.chatEvents, { key: body.cid, name, body })
const write = (text = 'x') => tell(store.append(cid, 1, { text }))
const seqsOf = ({ frames }: LiveConnection) =>
  frames.flatMap(({ message }) => (typeof message === 'object' ? [message.seq] : []))
const codesOf = ({ frames }: LiveConnection) => frames.flatMap(({ code }) => code ?? [])

test('who writes on one backend is seen on the other; who reconnects to either misses nothing', async () => {
  const [one, other] = [await startBackend(), await startBackend()]
  const reader = await connectAs(2, one.url)
  write()
  await waitUntil('the message', () => seqsOf(reader).length === 1)
  reader.close()
  await reader.closed
  write()
  write()
  const again = await connectAs(2, other.url, { [cid]: 1 })
  write()
  await waitUntil('the messages', () => seqsOf(again).length === 3)
  expect(seqsOf(again)).toEqual([2, 3, 4])
})

test('edits, deletions, members, marks, typing, presence, gaps: each has its frame', async () => {
  const { url } = await startBackend()
  const [one, two] = [await connectAs(1, url), await connectAs(2, url)]
  write()
  const { log } = store
  const known = await log.entriesAfter(1, cid, 0, 1)
  const id = known[0]?.object === 'message' ? known[0].id : ''
  const at = { cid, uid: 1, createdAt: 1_700_000_000, id }
  const users = [1, 2]
  const edit = { object: 'edit', ...at, seq: 2, text: 'new', editedAt: 1_700_000_001 } as const
  tell({ name: 'edited', body: { cid, seq: 2, entry: edit, users } })
  tell({ name: 'deleted', body: { cid, seq: 3, entry: { object: 'deletion', ...at, seq: 3 }, users } })
  const members: MembersEntry = { object: 'members', ...at, seq: 4, added: [3], removed: [], name: 'us' }
  tell({ name: 'members', body: { cid, seq: 4, entry: members, users: [1, 2, 3] } })
  tell({ name: 'read', body: { cid, uid: 1, seq: 1, users: [1, 2, 3] } })
  one.send({ type: 'typing', cid })
  one.send({ type: 'ping' })
  expect(await frame(one, 'pong')).toEqual({ type: 'pong' })
  expect(await frame(two, 'edited')).toMatchObject({ message: { id, text: 'new', seq: 2 } })
  expect(await frame(two, 'deleted')).toEqual({ type: 'deleted', cid, id, seq: 3 })
  expect(await frame(two, 'members')).toMatchObject({ members: { seq: 4, added: [3], name: 'us' } })
  expect(await frame(two, 'read')).toEqual({ type: 'read', cid, uid: 1, seq: 1 })
  expect(await frame(two, 'typing')).toEqual({ type: 'typing', cid, uid: 1 })
  expect(await frame(two, 'presence')).toEqual({ type: 'presence', uid: 1, online: true })
  const behind = 'b'.repeat(24)
  store.makeChat(behind, [2])
  for (let i = 0; i < 501; i++) store.append(behind, 2, { text: 'x' })
  const late = await connectAs(2, url, { [behind]: 0 })
  expect(await frame(late, 'gap')).toEqual({ type: 'gap', cid: behind, from: 1, to: 501 })
})

test('what a client has read goes to the store, and an error comes back', async () => {
  const { url } = await startBackend()
  const one = await connectAs(1, url)
  one.send({ type: 'read', cid, seq: 3 })
  await waitUntil('the mark', () => store.marks.length === 1)
  expect(store.marks).toEqual([[1, cid, 3]])
  one.send({ type: 'read', cid: 'c'.repeat(24), seq: 1 })
  expect(await frame(one, 'error')).toMatchObject({ code: 4040 })
})

test('presence: who comes, goes, and is on another backend; a short absence is not told', async () => {
  const [one, other] = [await startBackend(), await startBackend()]
  const watcher = await connectAs(1, one.url)
  const onlineOf = () => watcher.frames.flatMap(({ type, online }) => (type === 'presence' ? [online] : []))
  const leave = async (connection: LiveConnection) => {
    connection.close()
    await connection.closed
  }
  const seen = await connectAs(2, other.url)
  await waitUntil('user 2 is there', () => onlineOf().length === 1)
  await leave(seen)
  const again = await connectAs(2, one.url)
  putForwardMs += 6_000
  const late = await connectAs(1, other.url)
  expect(await frame(late, 'presence')).toMatchObject({ uid: 2, online: true })
  await leave(again)
  await waitUntil('user 2 is gone', () => {
    putForwardMs += 2_000
    return onlineOf().at(-1) === false
  })
  expect(onlineOf()).toEqual([true, false])
})

test('no token in time, a bad one, one that ends: 4401', async () => {
  const { url } = await startBackend()
  const silent = await openSocket(url, '/v1/live', { onFrame })
  const wrong = await connectLive(url, 'no token at all', { onFrame })
  const typing = await openSocket(url, '/v1/live', { onFrame })
  typing.send({ type: 'typing', cid })
  expect((await wrong.closed).code).toBe(4401)
  expect(codesOf(wrong)).toEqual([4011])
  expect((await typing.closed).code).toBe(4401)
  const { token } = await (await tokens).issue({ id: 1, username: 'u', generation: 0 })
  const good = await connectLive(url, token, { onFrame })
  await frame(good, 'ready')
  ended.add((await (await tokens).verify(token)).jti)
  expect((await good.closed).code).toBe(4401)
  expect(codesOf(good)).toEqual([4011])
  putForwardMs += 5_000
  expect((await silent.closed).code).toBe(4401)
  expect(codesOf(silent)).toEqual([4010])
})

test('a first frame with a good token and what cannot be: 1008, as the token is not at fault', async () => {
  const { url } = await startBackend()
  const one = await connectLive(url, await tokenOf(1), { onFrame, chats: { [cid]: -1 } })
  expect((await one.closed).code).toBe(1008)
  expect(codesOf(one)).toEqual([4001])
})

test('a bad frame is answered, and the socket stays open', async () => {
  const { url } = await startBackend()
  const one = await connectAs(1, url)
  const bad = ['{', '[]', '{"type":"shout"}', `{"type":"read","cid":"${cid}","seq":0}`, '{"type":"resume"}']
  for (const text of bad) one.send(text)
  await waitUntil('answers', () => codesOf(one).length === bad.length)
  expect(codesOf(one)).toEqual([4000, 4001, 4001, 4001, 4001])
  write()
  await waitUntil('a message', () => seqsOf(one).length === 1)
})

test('who sends too much is told so, and cut off when it goes on', async () => {
  const { url } = await startBackend()
  const one = await connectAs(1, url)
  for (let i = 0; i < 1_000; i++) one.send('{}')
  expect((await one.closed).code).toBe(1008)
  expect(codesOf(one).filter((code) => code === 4290).length).toBeLessThan(5)
})

test('a client that takes nothing is cut off, and misses nothing after', async () => {
  const { live, url } = await startBackend()
  const slow = await connectAs(2, url, { [cid]: 0 })
  const quick = await connectAs(1, url, { [cid]: 0 })
  slow.pause()
  const text = 'x'.repeat(4_000)
  for (let i = 0; i < 40; i++) {
    // What the system keeps for the connection is filled first: some MB.
    for (let j = 0; j < 100; j++) write(text)
    await waitUntil('the quick one has it', () => seqsOf(quick).length + gapsOf(quick) === (i + 1) * 100)
  }
  await waitUntil('it is cut off', () => {
    putForwardMs += 2_000
    return live.metrics[0]?.read()[0]?.value === 1
  })
  slow.resume()
  await slow.closed
  const has = Math.max(0, ...seqsOf(slow), ...slow.frames.map(({ to }) => to ?? 0))
  const again = await connectAs(2, url, { [cid]: has })
  await waitUntil('all of it', () => seqsOf(again).length + gapsOf(again) === 4_000 - has)
})

const gapsOf = ({ frames }: LiveConnection) =>
  frames.reduce((sum, { from = 1, to = 0 }) => sum + to - from + 1, 0)

test('a client that gives no sign of life is ended, one that does is not', async () => {
  const { url } = await startBackend()
  const token = await tokenOf(1)
  const dead = await connectLive(url, token, { onFrame, autoPong: false })
  const alive = await connectAs(2, url)
  await frame(dead, 'ready')
  await waitUntil('it is ended', () => {
    putForwardMs += 10_000
    return !dead.isOpen
  })
  expect(alive.isOpen).toBe(true)
})

test('a backend that closes tells each client when to reconnect, and takes no new ones', async () => {
  const { app, url } = await startBackend()
  const connections = await Promise.all([1, 2, 1, 2].map((uid) => connectAs(uid, url)))
  await app.close()
  for (const connection of connections) {
    expect((await connection.closed).code).toBe(1012)
    expect(connection.frames.at(-1)).toMatchObject({ type: 'error', code: 5030 })
    expect(connection.frames.at(-1)?.retryAfterMs).toBeGreaterThan(0)
  }
  const delays = new Set(connections.map(({ frames }) => frames.at(-1)?.retryAfterMs))
  expect(delays.size).toBeGreaterThan(1)
})

test('without the store a client is told to come back later', async () => {
  const { url } = await startBackend()
  store.setAway(true)
  const one = await connectLive(url, await tokenOf(1), { onFrame })
  expect((await one.closed).code).toBe(1013)
  expect(one.frames).toMatchObject([{ type: 'error', code: 5032, retryAfterMs: expect.any(Number) }])
})

test('news: the last ones first, then live; on the live socket, too', async () => {
  const event = (id: number, uid: number, name: NewsEvent['name'] = 'post') => {
    return { id, uid, name, message: 'x', ts: 1_700_000_000 }
  }
  const publish = ({ name, ...body }: NewsEvent) => bus.bus.publish('userEvents', { key: '', name, body })
  followed = [7]
  feed = [event(2, 7), event(1, 7)]
  const { url } = await startBackend()
  const news = await openSocket(url, `/v1/news?token=${await tokenOf(1)}`, {
    onFrame: (one) => void sentNews.push(one),
  })
  const live = await connectAs(1, url)
  await waitUntil('the last ones', () => news.frames.length === 2)
  // Told late: it was among the last ones.
  publish(event(2, 7))
  publish(event(3, 8))
  publish(event(4, 7, 'login'))
  publish(event(4, 7, 'login'))
  publish(event(5, 1))
  publish(event(6, 1, 'login'))
  followed = [8]
  publish({ ...event(7, 1, 'follow'), friendId: 8 })
  await waitUntil('whom one follows anew is heard', () => {
    publish(event(8, 8))
    return news.frames.length === 5
  })
  followed = []
  bus.bus.publish('userEvents', { key: '', name: 'block', body: { uid: 8, friendId: 1, ts: 1 } })
  await waitUntil('it is known who was blocked', () => reads === 3)
  publish(event(9, 8))
  expect(news.frames).toMatchObject([1, 2, 4, 5, 8].map((id) => ({ object: 'event', id })))
  expect(live.frames.filter(({ type }) => type === 'news').map((one) => one.event?.id)).toEqual([2, 4, 5, 8])
})

test("while the users' store is away chats go on, and news come when it is back", async () => {
  let isAway = true
  const follow = async () => {
    if (isAway) throw new AppError(errorCodes.storeAway, 'the store is away')
    return [7]
  }
  const { url } = await startBackend({ news: { followed: follow, feed: async () => [] } })
  const one = await connectAs(1, url)
  write()
  await waitUntil('the message', () => seqsOf(one).length === 1)
  isAway = false
  let id = 0
  await waitUntil('news', () => {
    putForwardMs += 1_000
    const body = { id: ++id, uid: 7, message: 'x', ts: 1_700_000_000 }
    bus.bus.publish('userEvents', { key: '7', name: 'post', body })
    return one.frames.some(({ type }) => type === 'news')
  })
  expect(one.isOpen).toBe(true)
})

test('a user may have 20 sockets for news, and another one when one is closed', async () => {
  const { url } = await startBackend()
  const open = async () => openSocket(url, `/v1/news?token=${await tokenOf(1)}`)
  const [first] = await Promise.all(Array.from({ length: 20 }, open))
  await expect(open()).rejects.toThrow('429')
  first?.close()
  await waitUntil('its place is free', open)
})

test('news without a token, or with a bad one, are refused as a request is', async () => {
  const { url } = await startBackend()
  await expect(openSocket(url, '/v1/news')).rejects.toThrow('401')
  await expect(openSocket(url, '/v1/news?token=x')).rejects.toThrow('401')
})

test('other addresses are no WebSockets, and an offer to upgrade to something else is passed over', async () => {
  const { url } = await startBackend()
  await expect(openSocket(url, '/v1/nothing')).rejects.toThrow('404')
  await expect(openSocket(url, '/other')).rejects.toThrow('200')
  expect((await fetch(`${url}/v1/live`)).status).toBe(400)
  const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'
  expect(await rawRequest(url, `GET /other HTTP/1.1\r\nHost: x\r\n${offer}\r\n`)).toContain(
    '"object":"other"',
  )
  const json = '{"a":1}'
  const post = `POST /other HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n${offer}\r\n`
  expect(await rawRequest(url, post, json)).toContain(json)
})

/** Sends bytes and reads until the server closes. */
async function rawRequest(url: string, ...parts: string[]): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  for (const part of parts) {
    socket.write(part)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return answer
}

interface Description {
  asyncapi: string
  components: { messages: Record<string, { payload: object }> }
}

async function readDescription(): Promise<Description> {
  const { url } = await startBackend()
  return (await (await fetch(`${url}/v1/asyncapi.json`)).json()) as Description
}

test('the description is valid AsyncAPI 3', async () => {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  const validate = ajv.compile({ ...specs.schemasWithoutId['3.0.0'] } as AnySchema)
  const description = await readDescription()
  validate(description)
  expect(validate.errors).toBeNull()
  expect(description.asyncapi).toBe('3.0.0')
})

test('every frame that was sent is as the description says, and every one described was sent', async () => {
  const { components } = await readDescription()
  const ajv = new Ajv({ strict: false, validateFormats: false })
  const described = Object.entries(components.messages)
  const validators = new Map(described.map(([name, { payload }]) => [name, ajv.compile(payload)]))
  const check = (name: string, frame: unknown): void => {
    const validate = validators.get(name)
    if (!validate?.(frame)) {
      throw new Error(`${name}: ${JSON.stringify(frame)} ${JSON.stringify(validate?.errors)}`)
    }
  }
  for (const one of sent) check(`server.${one.type}`, one)
  for (const one of sentNews) check(newsTypeOf(one), one)
  const types = new Set([...sent.map(({ type }) => `server.${type}`), ...sentNews.map(newsTypeOf)])
  const expected = described.map(([name]) => name).filter((name) => !name.startsWith('client.'))
  expect([...types].sort()).toEqual(expected.sort())
})
