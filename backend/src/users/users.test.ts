import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newUser, startBackend, temporaryFolder } from '../app.test-support.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let backend: Awaited<ReturnType<typeof startBackend>>
let token: string
beforeAll(async () => {
  folder = await temporaryFolder()
  backend = await startBackend({ path: `${folder.path}/users.db` })
  token = await backend.tokenOf('tester')
})
afterAll(async () => {
  await backend.close()
  await folder.remove()
})

const get = (url: string) => backend.as(token, { url: `/v1${url}` })
const put = (payload: object | string) =>
  backend.as(token, {
    method: 'PUT',
    url: '/v1/users/me',
    payload,
    headers: { 'content-type': 'application/json' },
  })
const signUp = (username: string, more: object = {}) =>
  backend.app.inject({ method: 'POST', url: '/v1/auth/sign-up', payload: newUser(username, more) })

/** Every page of a list. */
async function readAll(url: string, limit: number): Promise<{ id: number; username: string }[]> {
  const all = []
  for (let cursor: string | undefined; ; ) {
    const answer = await get(`${url}limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    expect(answer.statusCode).toBe(200)
    const { data, nextCursor } = answer.json()
    expect(data.length).toBeLessThanOrEqual(limit)
    all.push(...data)
    if (nextCursor === undefined) return all
    cursor = nextCursor
  }
}

test('a user is answered with all its fields and no more', async () => {
  expect((await get('/users/1')).json()).toEqual({
    object: 'user',
    id: 1,
    username: 'janitor',
    firstName: 'Roger',
    lastName: 'Wilco',
    age: null,
    gender: 'm',
    city: null,
    interests: null,
    createdAt: expect.any(Number),
    isFriend: false,
  })
  const me = (await get('/users/me')).json()
  expect(me).toMatchObject({ id: 3, username: 'tester' })
  expect(me).not.toHaveProperty('isFriend')
})

test.each([
  '/users/0',
  '/users/-1',
  '/users/x',
  '/users/1.5',
  '/users/9007199254740993',
  '/users/99999999999999999999',
  '/users?limit=0',
  '/users?limit=-1',
  '/users?limit=1000000000',
  '/users?limit=x',
  '/users?cursor=6053226593a589ae6ea95771',
  '/users?cursor=x',
  '/users?cursor=',
  '/friends?limit=0',
  '/friends?cursor=x',
  '/users/search',
  '/users/search?firstName=',
  `/users/search?firstName=${'x'.repeat(21)}`,
  '/users/search?firstName=T&limit=201',
  '/users/search?firstName=T&cursor=3',
  '/users/search?firstName=T&cursor=x',
])('%s is refused', async (url) => {
  const answer = await get(url)
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toEqual({ object: 'error', code: 4001, message: expect.any(String) })
})

test.each(['/users/999999', '/users/9007199254740991'])('%s is nobody', async (url) => {
  expect((await get(url)).json()).toEqual({ object: 'error', code: 4040, message: expect.any(String) })
})

test('the list pages through everybody, each once, by id', async () => {
  for (let n = 0; n < 5; n++) await signUp(`listed-${n}`)
  const all = await readAll('/users?', 2)
  const ids = all.map((user) => user.id)
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
  expect(all.map((user) => user.username)).toEqual(
    expect.arrayContaining(['janitor', 'madscie', 'tester', 'listed-0', 'listed-4']),
  )
  expect((await get(`/users?limit=${ids.length}`)).json()).not.toHaveProperty('nextCursor')
})

test('the search finds beginnings, letter case aside, and pages through people of one name', async () => {
  for (let n = 0; n < 5; n++) await signUp(`smith-${n}`, { firstName: 'Ann', lastName: 'Smith' })
  await signUp('anna-s', { firstName: 'ANNA', lastName: 'Smithers' })
  await signUp('joan-s', { firstName: 'Joan', lastName: 'Smith' })
  const names = async (query: string, limit: number) =>
    (await readAll(`/users/search?${query}&`, limit)).map((user) => user.username)
  const smiths = ['smith-0', 'smith-1', 'smith-2', 'smith-3', 'smith-4']
  for (const limit of [1, 2, 5, 200]) {
    expect(await names('firstName=ann', limit)).toEqual([...smiths, 'anna-s'])
    expect(await names('lastName=SMITH', limit)).toEqual([...smiths, 'joan-s', 'anna-s'])
    expect(await names('firstName=an&lastName=smith', limit)).toEqual([...smiths, 'anna-s'])
    expect(await names('firstName=j&lastName=smith', limit)).toEqual(['joan-s'])
  }
  expect(await names('firstName=nobody', 10)).toEqual([])
})

test('nothing in a name is a wildcard', async () => {
  await signUp('percent', { firstName: '100%_\\' })
  const names = async (firstName: string) =>
    (await readAll(`/users/search?firstName=${encodeURIComponent(firstName)}&`, 100)).map(
      (user) => user.username,
    )
  expect(await names('%')).toEqual([])
  expect(await names('_')).toEqual([])
  expect(await names('100%_')).toEqual(['percent'])
  expect(await names("' or 1=1 --")).toEqual([])
})

test('a cursor of another search is refused', async () => {
  const { nextCursor } = (await get('/users/search?firstName=A&limit=1')).json()
  expect((await get(`/users/search?firstName=R&cursor=${nextCursor}`)).json().code).toBe(4001)
})

const unicode = {
  emoji: '👩‍👩‍👧‍👦😀',
  'right to left': 'שלום עולם',
  combining: 'e\u0301 ≠ é',
  NUL: 'before\0after',
  'direction marks': '\u202eabc\u202c',
  markup: '<b>&amp;"\'</b>',
  'line ends': 'a\r\nb\u2028c',
  'beyond the plane': '𝒳\u{10ffff}',
}
test.each(Object.entries(unicode))('text is kept as sent: %s', async (_, text) => {
  const changed = await put({ firstName: text, lastName: text, city: text, interests: text })
  expect(changed.statusCode).toBe(200)
  const kept = { firstName: text, lastName: text, city: text, interests: text }
  expect(changed.json()).toMatchObject(kept)
  expect((await get('/users/3')).json()).toMatchObject(kept)
  expect((await readAll(`/users/search?firstName=${encodeURIComponent(text)}&`, 10))[0]).toMatchObject(kept)
})

test('a change changes what is given, null takes away, the rest stays', async () => {
  await put({ firstName: 'Test', lastName: 'Testov', age: 30, city: 'Xenon', interests: null })
  expect((await put({ city: null, age: 31, gender: 'f' })).json()).toMatchObject({
    firstName: 'Test',
    lastName: 'Testov',
    age: 31,
    gender: 'f',
    city: null,
  })
  expect((await put({})).json()).toMatchObject({ firstName: 'Test', age: 31 })
  expect((await put({ username: 'other', id: 1, password_hash: 'x' })).json()).toMatchObject({
    id: 3,
    username: 'tester',
  })
})

test.each([
  ['malformed JSON', '{', 4000],
  ['an empty body', '', 4000],
  ['a list', '[]', 4001],
  ['an age as text', '{"age":"30"}', 4001],
  ['no gender', '{"gender":null}', 4001],
  ['a long city', JSON.stringify({ city: 'x'.repeat(81) }), 4001],
  ['half a surrogate pair', '{"city":"\\ud83d"}', 4001],
])('a change refuses %s and changes nothing', async (_, payload, code) => {
  const before = (await get('/users/me')).json()
  const answer = await put(payload)
  expect(answer.statusCode).toBe(400)
  expect(answer.json().code).toBe(code)
  expect((await get('/users/me')).json()).toEqual(before)
})

test('following is one-way, and doing it twice changes nothing', async () => {
  const follow = (id: number | string) => backend.as(token, { method: 'POST', url: `/v1/friends/${id}` })
  const unfollow = (id: number | string) => backend.as(token, { method: 'DELETE', url: `/v1/friends/${id}` })
  const friends = async () => (await readAll('/friends?', 1)).map((user) => user.id)
  for (let twice = 0; twice < 2; twice++) {
    expect((await follow(2)).json()).toMatchObject({ object: 'user', id: 2, isFriend: true })
    expect((await follow(1)).json()).toMatchObject({ object: 'user', id: 1, isFriend: true })
    expect(await friends()).toEqual([1, 2])
  }
  expect((await get('/users/1')).json().isFriend).toBe(true)
  expect((await get('/users?limit=1')).json().data[0]).toMatchObject({ id: 1, isFriend: true })
  expect((await get('/users/search?firstName=Roger')).json().data[0].isFriend).toBe(true)
  const janitor = await backend.tokenOf('janitor')
  expect((await backend.as(janitor, { url: '/v1/users/3' })).json().isFriend).toBe(false)
  for (let twice = 0; twice < 2; twice++) {
    expect((await unfollow(1)).json()).toMatchObject({ id: 1, isFriend: false })
    expect(await friends()).toEqual([2])
  }
  for (const change of [follow, unfollow]) {
    expect((await change(999_999)).json().code).toBe(4040)
    expect((await change('9007199254740991')).json().code).toBe(4040)
    expect((await change(3)).json().code).toBe(4001)
    expect((await change('x')).json().code).toBe(4001)
  }
  expect(await friends()).toEqual([2])
})

test('a friend who leaves is a friend no more', async () => {
  const { token: leaver, userId } = (await signUp('leaver')).json()
  await backend.as(token, { method: 'POST', url: `/v1/friends/${userId}` })
  await backend.as(leaver, { method: 'DELETE', url: '/v1/users/me', payload: { password: '1234567890' } })
  expect((await readAll('/friends?', 10)).map((user) => user.id)).not.toContain(userId)
})
