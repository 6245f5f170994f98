import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type ApiUser, signIn } from '../constellation/api-user.ts'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'

let system: Constellation
let tester: ApiUser
let janitor: ApiUser
let madscie: ApiUser
beforeAll(async () => {
  system = await startConstellation()
  const url = system.backends[0]?.url ?? ''
  tester = await signIn(url, 'tester')
  janitor = await signIn(url, 'janitor')
  madscie = await signIn(url, 'madscie')
})
afterAll(() => system?.close())

/** A chat of tester and janitor, and the messages written into it by the one and the other in turn. */
async function chatWith(...texts: string[]) {
  const chat = await tester.call('POST', '/v1/chats', { users: [1, 3] })
  const path = `/v1/chats/${chat.body.id}`
  const messages = []
  for (const [i, txt] of texts.entries()) {
    messages.push((await (i % 2 ? janitor : tester).call('POST', `${path}/messages`, { txt })).body)
  }
  return { path, cid: chat.body.id, messages }
}

test('a chat tells what is unread and what was said last, and who has read how far', async () => {
  const { path, cid, messages } = await chatWith('one', 'two', 'three')
  const seen = (await janitor.call('GET', path)).body
  expect(seen).toMatchObject({ lastSeq: 3, unread: 2, readSeq: 0, lastMessage: messages[2] })
  const [listed] = (await janitor.call('GET', '/v1/chats?limit=1')).body.data
  expect(listed).toEqual(seen)

  const read = await janitor.call('POST', `${path}/read`, { seq: 2 })
  expect([read.status, read.body]).toEqual([200, { object: 'read', cid, uid: 1, seq: 2 }])
  expect((await janitor.call('POST', `${path}/read`, { seq: 1 })).body.seq).toBe(2)
  expect((await janitor.call('GET', path)).body).toMatchObject({ unread: 1, readSeq: 2 })
  const marks = (await tester.call('GET', `${path}/read`)).body.data
  expect(marks.map(({ uid, seq }) => [uid, seq])).toEqual([
    [1, 2],
    [3, 0],
  ])
  expect((await madscie.call('POST', `${path}/read`, { seq: 1 })).status).toBe(404)
  expect((await janitor.call('POST', `${path}/read`, { seq: -1 })).body.code).toBe(4001)
})

test('an author edits and deletes, and whoever was away reads of it', async () => {
  const { path, messages } = await chatWith('first', 'second')
  const message = `${path}/messages/${messages[0]?.id}`
  const key = { 'idempotency-key': 'an-edit' }
  const edited = await tester.call('PUT', message, { txt: 'better' }, key)
  expect([edited.status, edited.body]).toEqual([
    200,
    { ...messages[0], text: 'better', rev: 1, editedAt: expect.any(Number) },
  ])
  expect((await tester.call('PUT', message, { txt: 'better' }, key)).body).toEqual(edited.body)
  expect((await tester.call('PUT', message, { txt: 'other' }, key)).body.code).toBe(4090)
  expect((await tester.call('PUT', message, { txt: 'late', rev: 0 })).body.code).toBe(4091)
  expect((await janitor.call('PUT', message, { txt: 'mine now' })).body.code).toBe(4031)
  expect((await janitor.call('DELETE', message)).body.code).toBe(4031)
  expect((await madscie.call('DELETE', message)).status).toBe(404)

  const deleted = await tester.call('DELETE', message)
  expect(deleted.body).toMatchObject({ id: messages[0]?.id, text: '', deleted: true })
  expect((await tester.call('DELETE', message)).body).toEqual(deleted.body)
  expect((await tester.call('PUT', message, { txt: 'again' })).status).toBe(404)
  const news = (await janitor.call('GET', `${path}/messages?after=2`)).body
  expect(news.data.map(({ object, seq }) => [object, seq])).toEqual([
    ['edit', 3],
    ['deletion', 4],
  ])
  const page = (await janitor.call('GET', `${path}/messages`)).body.data
  expect(page).toEqual([messages[1], deleted.body])
  const both = await janitor.call('GET', `${path}/messages?after=2&cursor=${messages[0]?.id}`)
  expect(both.body.code).toBe(4001)
})

test('members are added, removed, and leave, the chat gets a name, and its log tells all that', async () => {
  const { path } = await chatWith('hello')
  const added = await janitor.call('POST', `${path}/members`, { users: [2, 3] })
  expect(added.body).toMatchObject({ users: [1, 3, 2], rev: 1 })
  expect((await janitor.call('POST', `${path}/members`, { users: [2] })).body.rev).toBe(1)
  expect((await janitor.call('POST', `${path}/members`, { users: [99_999] })).body.code).toBe(4001)
  const named = await madscie.call('PUT', path, { name: 'Lab' })
  expect(named.body).toMatchObject({ users: [1, 3, 2], name: 'Lab' })
  expect((await madscie.call('PUT', path, {})).body.code).toBe(4001)
  expect((await madscie.call('PUT', path, { name: 'x'.repeat(101) })).body.code).toBe(4001)
  expect((await madscie.call('DELETE', `${path}/members/1`)).body.users).toEqual([3, 2])
  expect((await janitor.call('GET', path)).status).toBe(404)
  expect((await tester.call('POST', `${path}/leave`)).body.users).toEqual([2])
  expect((await tester.call('POST', `${path}/leave`)).status).toBe(404)
  const told = (await madscie.call('GET', `${path}/messages?after=1`)).body.data
  expect(told).toMatchObject([
    { object: 'members', uid: 1, added: [2], removed: [] },
    { object: 'members', uid: 2, added: [], removed: [], name: 'Lab' },
    { object: 'members', uid: 2, added: [], removed: [1] },
    { object: 'members', uid: 3, added: [], removed: [3] },
  ])
  expect((await madscie.call('POST', `${path}/leave`)).body.users).toEqual([])
  expect((await madscie.call('GET', path)).status).toBe(404)
})

test('many who add and leave at once all get their way', async () => {
  const { path } = await chatWith('hello')
  const answers = await Promise.all([
    tester.call('POST', `${path}/members`, { users: [2] }),
    janitor.call('POST', `${path}/leave`),
    tester.call('PUT', path, { name: 'crowded' }),
  ])
  expect(answers.slice(0, 2).map(({ status }) => status)).toEqual([200, 200])
  expect((await tester.call('GET', path)).body.users.toSorted()).toEqual([2, 3])
})

test('the direct chat of two is found again by either, also when both ask at once', async () => {
  const ask = (who: ApiUser, users: number[]) => who.call('POST', '/v1/chats', { users, direct: true })
  const answers = await Promise.all([
    ask(tester, [2]),
    ask(madscie, [3]),
    ask(tester, [3, 2]),
    ask(madscie, [3]),
  ])
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  const [{ body } = { body: undefined }] = answers
  expect(body).toMatchObject({ direct: true })
  const path = `/v1/chats/${body?.id}`
  expect((await tester.call('POST', `${path}/leave`)).body.code).toBe(4031)
  expect((await tester.call('PUT', path, { name: 'us' })).body.code).toBe(4031)
  for (const refused of [
    { users: [1, 2], direct: true },
    { users: [2], direct: true, name: 'us' },
  ]) {
    expect((await tester.call('POST', '/v1/chats', refused)).body.code).toBe(4001)
  }
})

test('words are found in a chat and across chats, by members only', async () => {
  const { path, messages } = await chatWith('A penguin, waddling', 'no bird', 'two Penguins', 'penguin again')
  const found = await tester.call('GET', `${path}/messages/search?q=PENGUIN&limit=1`)
  expect(found.body.data).toEqual([messages[3]])
  const rest = await tester.call('GET', `${path}/messages/search?q=penguin&cursor=${found.body.nextCursor}`)
  expect(rest.body).toEqual({ object: 'list', data: [messages[0]] })
  const { messages: elsewhere } = await chatWith('the penguin of another chat')
  const all = await janitor.call('GET', '/v1/messages/search?q=penguin')
  expect(all.body.data).toEqual([elsewhere[0], messages[3], messages[0]])
  expect((await madscie.call('GET', '/v1/messages/search?q=penguin')).body.data).toEqual([])
  expect((await madscie.call('GET', `${path}/messages/search?q=penguin`)).status).toBe(404)
  expect((await tester.call('GET', `${path}/messages/search`)).body.code).toBe(4001)
  expect((await tester.call('GET', `${path}/messages/search?q=%3F`)).body.code).toBe(4001)
})
