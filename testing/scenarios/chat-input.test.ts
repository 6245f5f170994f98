import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type ApiUser, callApi, signIn } from '../constellation/api-user.ts'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'

let system: Constellation
let url: string
let tester: ApiUser
let janitor: ApiUser
let cid: string

beforeAll(async () => {
  system = await startConstellation()
  url = system.backends[0]?.url ?? ''
  tester = await signIn(url, 'tester')
  janitor = await signIn(url, 'janitor')
  cid = (await tester.call('POST', '/v1/chats', { users: [2, 3] })).body.id
})
afterAll(() => system?.close())

const unknown = '0123456789abcdef01234567'

test.each([
  ['malformed JSON', 'POST', '/v1/chats', '{"users":[1', 4000],
  ['an empty body', 'POST', '/v1/chats', '', 4000],
  ['a body that is no object', 'POST', '/v1/chats', '[]', 4001],
  ['users of a wrong type', 'POST', '/v1/chats', { users: '1,3' }, 4001],
  ['a user named twice', 'POST', '/v1/chats', { users: [3, 3] }, 4001],
  ['no users', 'POST', '/v1/chats', { users: [] }, 4001],
  ['nobody but oneself', 'POST', '/v1/chats', { users: [3] }, 4001],
  ['an unknown user', 'POST', '/v1/chats', { users: [3, 99_999] }, 4001],
  ['a negative user', 'POST', '/v1/chats', { users: [3, -1] }, 4001],
  ['a huge user id', 'POST', '/v1/chats', { users: [3, 2 ** 53 - 1] }, 4001],
  ['more than 200 users', 'POST', '/v1/chats', { users: Array.from({ length: 201 }, (_, i) => i + 1) }, 4001],
  ['an empty text', 'POST', '/v1/chats/CID/messages', { txt: '' }, 4001],
  ['4,097 characters', 'POST', '/v1/chats/CID/messages', { txt: 'x'.repeat(4_097) }, 4001],
  ['half a surrogate pair', 'POST', '/v1/chats/CID/messages', '{"txt":"\\ud800"}', 4001],
  ['a NUL in a name', 'POST', '/v1/chats', { users: [1], name: 'Book\0club' }, 4001],
  ['a NUL in a new name', 'PUT', '/v1/chats/CID', { name: 'Book\0club' }, 4001],
  ['no text', 'POST', '/v1/chats/CID/messages', { text: 'x' }, 4001],
  ['an id that is no id', 'GET', '/v1/chats/7/messages', undefined, 4001],
  ['a chat that is not there', 'GET', `/v1/chats/${unknown}/messages`, undefined, 4040],
  ['a message to a chat that is not there', 'POST', `/v1/chats/${unknown}/messages`, { txt: 'x' }, 4040],
  ['limit 0', 'GET', '/v1/chats/CID/messages?limit=0', undefined, 4001],
  ['limit -1', 'GET', '/v1/chats/CID/messages?limit=-1', undefined, 4001],
  ['limit 1e9', 'GET', '/v1/chats?limit=1000000000', undefined, 4001],
  ['limit twice', 'GET', '/v1/chats?limit=1&limit=2', undefined, 4001],
  ['a cursor from elsewhere', 'GET', `/v1/chats/CID/messages?cursor=${unknown}`, undefined, 4001],
  ['a cursor of chats from elsewhere', 'GET', '/v1/chats?cursor=elsewhere', undefined, 4001],
  ['an unknown method', 'DELETE', '/v1/chats/CID/messages', undefined, 4050],
  ['an unknown route', 'GET', '/v1/chats/CID/nothing', undefined, 4040],
] as const)('%s: error %#', async (_, method, path, body, code) => {
  const answer = await tester.call(method, path.replace('CID', cid), body)
  expect(answer.body).toEqual({ object: 'error', code, message: expect.any(String) })
  expect(answer.status).toBe(Math.floor(code / 10))
  expect(answer.headers.get('x-request-id')).toBeTruthy()
})

test('nothing of what was refused is there', async () => {
  expect((await tester.call('GET', '/v1/chats')).body.data).toHaveLength(1)
  expect((await tester.call('GET', `/v1/chats/${cid}/messages`)).body.data).toEqual([])
})

test('who is no member learns nothing, not even that the chat is there', async () => {
  const calls = (id: string) =>
    Promise.all([
      janitor.call('GET', `/v1/chats/${id}`),
      janitor.call('PUT', `/v1/chats/${id}`, { users: [1] }),
      janitor.call('GET', `/v1/chats/${id}/messages`),
      janitor.call('POST', `/v1/chats/${id}/messages`, { txt: 'let me in' }),
    ])
  const [there, notThere] = [await calls(cid), await calls(unknown)]
  expect(there.map((answer) => answer.status)).toEqual([404, 404, 404, 404])
  expect(there.map((answer) => answer.body)).toEqual(notThere.map((answer) => answer.body))
  expect((await janitor.call('GET', '/v1/chats')).body.data).toEqual([])
})

test.each([
  ['no token', {}, 4010],
  ['another scheme', { authorization: 'Basic dGVzdGVyOjEyMzQ1Njc4OTA=' }, 4011],
  ['a forged token', { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJ1aWQiOjN9.' }, 4011],
] as const)('%s is refused before the body is looked at', async (_, headers, code) => {
  const answer = await callApi(url, 'POST', '/v1/chats', { body: '{broken', headers: { ...headers } })
  expect(answer.body.code).toBe(code)
})

test('a 20 MB body is refused without being read', async () => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(
    `POST /v1/chats HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${tester.token}\r\n` +
      'content-type: application/json\r\ncontent-length: 20000000\r\n\r\n{"users":[1',
  )
  // The rest of the body is never sent: only who does not wait for it can answer.
  const answer = await text(socket)
  expect(answer).toMatch(/^HTTP\/1.1 413 /)
  expect(answer).toContain('{"object":"error","code":4130,')
})

test.each([
  ['emoji and joiners', '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽'],
  ['right to left', 'שלום עולם — مرحبا \u202eabc\u202c'],
  ['combining marks', 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢'],
  ['a NUL and other controls', 'a\u0000b\u0001\u007f\u0085\u2028\ufeff'],
  ['not normalized', 'e\u0301 \u00e9 \ufb01'],
  ['markup', '<script>alert("1")</script> & \' " \\ %s $x'],
  ['white space', '  \t\r\n  '],
  ['4,096 characters beyond the BMP', '𝒳'.repeat(4_096)],
])('%s: stored and returned as sent', async (_, txt) => {
  const sent = await tester.call('POST', `/v1/chats/${cid}/messages`, { txt })
  expect(sent.status).toBe(201)
  expect(sent.body.text).toBe(txt)
  const [newest] = (await tester.call('GET', `/v1/chats/${cid}/messages?limit=1`)).body.data
  expect(newest).toEqual(sent.body)
})

test('the same key makes one message, the same key with another text is refused', async () => {
  const key = { 'idempotency-key': 'one-key' }
  const path = `/v1/chats/${cid}/messages`
  const first = await tester.call('POST', path, { txt: 'once' }, key)
  const again = await Promise.all([1, 2, 3].map(() => tester.call('POST', path, { txt: 'once' }, key)))
  for (const answer of again) expect(answer.body).toEqual(first.body)
  expect((await tester.call('POST', path, { txt: 'twice' }, key)).body.code).toBe(4090)
  expect((await tester.call('POST', path, { txt: 'x' }, { 'idempotency-key': 'two words' })).body.code).toBe(
    4001,
  )
})

test('members come and go, and leave no trace of the chat to those who went', async () => {
  const chat = await tester.call('POST', '/v1/chats', { users: [1] }, { 'idempotency-key': 'a-chat' })
  expect(chat.body.users).toEqual([1, 3])
  expect(
    (await tester.call('POST', '/v1/chats', { users: [1] }, { 'idempotency-key': 'a-chat' })).body,
  ).toEqual(chat.body)
  const path = `/v1/chats/${chat.body.id}`
  const changed = await tester.call('PUT', path, { users: [2, 3] })
  expect(changed.body).toMatchObject({ id: chat.body.id, users: [2, 3], rev: chat.body.rev + 1 })
  expect((await janitor.call('GET', path)).status).toBe(404)
  expect((await tester.call('PUT', path, { users: [3, 99_999] })).body.code).toBe(4001)
  expect((await tester.call('GET', path)).body).toEqual(changed.body)
})
