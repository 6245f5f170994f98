import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import { randomResourceId } from '@roundtable/common/resource-id'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { buildApp } from './app.ts'
import type { DialogueNode } from './dialogue-node.ts'
import type { DialogueStore } from './dialogue-store.ts'
import { openSqliteStore } from './sqlite-store.ts'

const token = 'a token long enough'
const node: DialogueNode = { id: 'dialogue07', instance: 'run-1', status: 'ok' }
const closers: (() => unknown)[] = []
let app: FastifyInstance
let store: DialogueStore

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dialogue-app-'))
  closers.push(() => rm(folder, { recursive: true }))
  store = await openSqliteStore(join(folder, 'store.db'))
  closers.push(() => store.close())
  app = buildApp({ logger: createLogger('test').child({}, { level: 'silent' }), store, token, node })
  closers.push(() => app.close())
})
afterAll(async () => {
  for (const close of closers.reverse()) await close()
})

const ask = (request: InjectOptions) => app.inject({ headers: { authorization: token }, ...request })

test('creates a chat, takes a message and answers both', async () => {
  const id = randomResourceId()
  const chat = await ask({ method: 'POST', url: '/chats', payload: { id, uid: 3, users: [1, 3] } })
  expect(chat.statusCode).toBe(201)
  expect(chat.json()).toEqual({
    object: 'chat',
    id,
    users: [1, 3],
    createdAt: expect.any(Number),
    rev: 0,
    lastSeq: 0,
    unread: 0,
    readSeq: 0,
  })
  const message = await ask({
    method: 'POST',
    url: '/messages',
    payload: { id: randomResourceId(), cid: id, uid: 3, txt: 'Hi there' },
  })
  expect(message.statusCode).toBe(201)
  expect(message.json()).toMatchObject({ object: 'message', cid: id, uid: 3, text: 'Hi there', seq: 1 })
  const list = await ask({ url: `/messages?uid=1&cid=${id}` })
  expect(list.json()).toEqual({ object: 'list', data: [message.json()] })
  const chats = await ask({ url: '/chats?uid=1' })
  expect(chats.json()).toEqual({
    object: 'list',
    data: [{ ...chat.json(), lastSeq: 1, lastMessage: message.json(), unread: 1 }],
  })

  const change = { change: randomResourceId(), rev: 0, users: [1, 2] }
  const changed = await ask({ method: 'PUT', url: `/chats/${id}?uid=1`, payload: change })
  expect(changed.json()).toMatchObject({ users: [1, 2], rev: 1 })
  expect((await ask({ url: `/chats/${id}?uid=2` })).json()).toEqual(changed.json())
  expect((await ask({ url: `/chats/${id}?uid=3` })).json()).toMatchObject({ code: 4040 })
})

test.each([
  ['/chats?uid=1', undefined, 4010],
  ['/chats?uid=1', 'another token, not ours', 4011],
  ['/messages?uid=1', `Bearer ${token}`, 4011],
  ['/chats/6053226593a589ae6ea95771?uid=1', undefined, 4010],
])('%s with the token %s answers %i', async (url, authorization, code) => {
  const answer = await app.inject({ url, headers: authorization === undefined ? {} : { authorization } })
  expect(answer.json()).toMatchObject({ object: 'error', code })
})

test.each([
  ['a creator who is no member', { method: 'POST', url: '/chats', payload: { uid: 9, users: [1] } }],
  ['a user named twice', { method: 'POST', url: '/chats', payload: { uid: 3, users: [3, 3] } }],
  ['no users', { method: 'POST', url: '/chats', payload: { uid: 3, users: [] } }],
  ['a NUL in a name', { method: 'POST', url: '/chats', payload: { users: [3], name: 'Book\0club' } }],
  ['an id that is no id', { method: 'GET', url: '/chats/x?uid=1' }],
  ['no uid', { method: 'GET', url: '/chats' }],
  ['limit 0', { method: 'GET', url: '/chats?uid=1&limit=0' }],
  ['a great limit', { method: 'GET', url: '/chats?uid=1&limit=1000000000' }],
  ['a cursor from elsewhere', { method: 'GET', url: '/chats?uid=1&cursor=6053226593a589ae6ea95771' }],
  ['an empty text', { method: 'POST', url: '/messages', payload: { txt: '' } }],
] as const)('%s answers 4001', async (_, request) => {
  const payload = 'payload' in request ? request.payload : undefined
  const ids = { id: randomResourceId(), cid: randomResourceId(), uid: 3 }
  const answer = await ask({
    method: request.method,
    url: request.url,
    ...(payload ? { payload: { ...ids, ...payload } } : {}),
  })
  expect(answer.json()).toMatchObject({ object: 'error', code: 4001 })
  expect(answer.statusCode).toBe(400)
})

test('a name with a NUL that is stored already is told all the same', async () => {
  const { id } = await store.chats.create({ id: randomResourceId(), uid: 5, users: [5] })
  const change = { change: randomResourceId(), rev: 0, users: [5], name: 'Book\0club' }
  await store.chats.changeMembers(id, 5, change)
  const [entry] = (await ask({ url: `/messages?uid=5&cid=${id}` })).json().data
  expect(entry).toMatchObject({ object: 'members', name: 'Book\0club' })
  expect((await ask({ url: `/chats/${id}?uid=5` })).statusCode).toBe(200)
})

test('every answer says which node gave it', async () => {
  for (const url of ['/ping', '/chats', '/nowhere', '/%zz', '/metrics']) {
    expect((await app.inject({ url })).headers['x-served-by']).toBe('dialogue07')
  }
})

test('health needs no token', async () => {
  expect((await app.inject({ url: '/health/live' })).statusCode).toBe(200)
  expect((await app.inject({ url: '/health/ready' })).statusCode).toBe(200)
})

test('/metrics counts requests by route', async () => {
  const cid = randomResourceId()
  await ask({ url: `/chats/${cid}?uid=1` })
  const { body } = await app.inject({ url: '/metrics' })
  expect(body).toMatch(/http_requests_total{method="GET",route="\/chats\/:cid",status="404"} \d+/)
  expect(body).not.toContain(cid)
})

test('a draining node says so and closes connections after their answer', async () => {
  const ok = await app.inject({ url: '/ping' })
  expect(ok.json()).toEqual({ object: 'ping', id: 'dialogue07', instance: 'run-1', status: 'ok' })
  expect(ok.headers.connection).toBe('keep-alive')
  node.status = 'draining'
  try {
    const draining = await app.inject({ url: '/ping' })
    expect(draining.statusCode).toBe(503)
    expect(draining.json()).toMatchObject({ status: 'draining' })
    expect((await app.inject({ url: '/health/ready' })).json()).toMatchObject({ code: 5030 })
    const served = await ask({ url: '/chats?uid=1' })
    expect(served.statusCode).toBe(200)
    expect(served.headers.connection).toBe('close')
  } finally {
    node.status = 'ok'
  }
})
