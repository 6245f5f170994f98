import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { InjectOptions } from 'fastify'
import { newUser, startBackend, temporaryFolder } from '../app.test-support.ts'
import type { NewsEvent } from './store.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let backend: Awaited<ReturnType<typeof startBackend>>
const heard: NewsEvent[] = []
beforeAll(async () => {
  folder = await temporaryFolder()
  backend = await startBackend({ path: `${folder.path}/users.db`, onNews: (event) => heard.push(event) })
})
afterAll(async () => {
  await backend.close()
  await folder.remove()
})

async function signUp(username: string) {
  const answer = await backend.app.inject({
    method: 'POST',
    url: '/v1/auth/sign-up',
    payload: newUser(username),
  })
  const { token, userId: id } = answer.json() as { token: string; userId: number }
  const ask = async (request: InjectOptions) => (await backend.as(token, request)).json()
  return {
    id,
    ask,
    get: (url: string) => ask({ url }),
    post: (text: unknown, headers = {}) =>
      ask({ method: 'POST', url: '/v1/news', payload: { text }, headers }),
    friend: (method: 'POST' | 'DELETE', friend: number) => ask({ method, url: `/v1/friends/${friend}` }),
    signOut: () => ask({ method: 'POST', url: '/v1/auth/sign-out' }),
  }
}

test('a post comes to those who follow, page by page', async () => {
  const [author, reader] = [await signUp('author-1'), await signUp('reader-1')]
  await reader.friend('POST', author.id)
  const posted = []
  for (const text of ['one', 'two', 'three']) posted.unshift(await author.post(text))
  expect(posted[0]).toEqual({
    object: 'event',
    id: expect.any(Number),
    name: 'post',
    message: 'three',
    uid: author.id,
    ts: expect.any(Number),
  })
  const first = await reader.get('/v1/news?limit=2')
  expect(first).toEqual({ object: 'list', data: posted.slice(0, 2), nextCursor: String(posted[1].id) })
  await author.post('four')
  expect(await reader.get(`/v1/news?limit=2&cursor=${first.nextCursor}`)).toEqual({
    object: 'list',
    data: posted.slice(2),
  })
  expect((await author.get('/v1/news')).data).toHaveLength(4)
})

test('what is told of is told once, after it was stored; a post again when its request comes again', async () => {
  const [author, other] = [await signUp('author-2'), await signUp('other-22')]
  heard.length = 0
  for (let twice = 0; twice < 2; twice++) {
    await author.friend('POST', other.id)
    await author.post('once', { 'idempotency-key': 'key-1' })
    await author.friend('DELETE', other.id)
  }
  await backend.signIn('author-2')
  await backend.signIn('author-2', 'a wrong password')
  await author.signOut()
  const ofAuthor = heard.map(({ uid, name, message }) => [uid, name, message])
  expect(ofAuthor).toEqual([
    [author.id, 'follow', 'follows other-22'],
    [author.id, 'post', 'once'],
    [author.id, 'unfollow', 'follows other-22 no more'],
    [author.id, 'follow', 'follows other-22'],
    [author.id, 'post', 'once'],
    [author.id, 'unfollow', 'follows other-22 no more'],
    [author.id, 'login', 'signed in'],
    [author.id, 'logout', 'signed out'],
  ])
  await other.friend('POST', author.id)
  const seen = (await other.get('/v1/news')).data.map(({ object: _, ...event }: { object: string }) => event)
  const once = [...new Map(heard.slice(0, 8).map((event) => [event.id, event])).values()]
  expect(seen).toEqual(once.toReversed())
})

test('an old post that is asked for again is answered, and told to nobody', async () => {
  const author = await signUp('author-3')
  const key = { 'idempotency-key': 'key-2' }
  const first = await author.post('long ago', key)
  await backend.database
    .updateTable('events')
    .set({ ts: first.ts - 3_600 })
    .where('id', '=', first.id)
    .execute()
  heard.length = 0
  expect(await author.post('long ago', key)).toMatchObject({ id: first.id })
  expect(heard).toEqual([])
})

test('a key belongs to its user and its text', async () => {
  const [one, two] = [await signUp('keyed-1'), await signUp('keyed-2')]
  const key = { 'idempotency-key': 'the-key' }
  const first = await one.post('text', key)
  expect(await one.post('text', key)).toEqual(first)
  expect((await one.post('other text', key)).code).toBe(4090)
  expect((await two.post('text', key)).id).not.toBe(first.id)
})

test.each([[''], ['x'.repeat(1_001)], [7], [null], ['\ud800']])('the text %j is refused', async (text) => {
  const token = await backend.tokenOf('tester')
  const answer = await backend.as(token, { method: 'POST', url: '/v1/news', payload: { text } })
  expect(answer.json()).toMatchObject({ code: 4001, message: expect.stringContaining('text') })
})

test.each([
  'limit=0',
  'limit=201',
  'limit=x',
  'cursor=0',
  'cursor=-1',
  'cursor=1e3',
  'cursor=9999999999999999',
])('a page of %s is refused', async (query) => {
  const answer = await backend.as(await backend.tokenOf('tester'), { url: `/v1/news?${query}` })
  expect(answer.json().code).toBe(4001)
})

test('nobody is kept from signing in or out because it cannot be told', async () => {
  const user = await signUp('untold-1')
  await backend.database.schema.alterTable('events').renameTo('events_away').execute()
  try {
    expect((await backend.signIn('untold-1')).statusCode).toBe(200)
    expect(await user.signOut()).toEqual({ object: 'signedOut' })
  } finally {
    await backend.database.schema.alterTable('events_away').renameTo('events').execute()
  }
  expect((await user.get('/v1/users/me')).code).toBe(4011)
})
