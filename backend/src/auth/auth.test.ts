import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { SignJWT } from 'jose'
import { jwtSecret, newUser, startBackend, temporaryFolder } from '../app.test-support.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let backend: Awaited<ReturnType<typeof startBackend>>
beforeAll(async () => {
  folder = await temporaryFolder()
  backend = await startBackend({ path: `${folder.path}/users.db` })
})
afterAll(async () => {
  await backend.close()
  await folder.remove()
})

const signUp = (username: string, more: object = {}) =>
  backend.app.inject({ method: 'POST', url: '/v1/auth/sign-up', payload: newUser(username, more) })
const countUsers = async () => (await backend.database.selectFrom('users').select('id').execute()).length
const me = (token: string) => backend.as(token, { url: '/v1/users/me' })

test('who signs up gets a token, and can sign in', async () => {
  const answer = await signUp('newcomer', { firstName: 'New' })
  expect(answer.statusCode).toBe(201)
  expect(answer.json()).toEqual({
    object: 'token',
    token: expect.any(String),
    userId: expect.any(Number),
    username: 'newcomer',
    expiresAt: expect.any(Number),
  })
  expect((await me(answer.json().token)).json()).toMatchObject({ username: 'newcomer', firstName: 'New' })
  const again = await backend.signIn('NEWComer')
  expect(again.statusCode).toBe(200)
  expect(again.json()).toMatchObject({ userId: answer.json().userId, username: 'newcomer' })
})

test('curl without a content type signs in, and more fields do not matter', async () => {
  const answer = await backend.app.inject({
    method: 'POST',
    url: '/v1/auth/sign-in',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: '{"username":"tester", "password":"1234567890", "passwordConfirm":"1234567890", "gender":"m"}',
  })
  expect(answer.json()).toMatchObject({ object: 'token', userId: 3, username: 'tester' })
  const lifetime = answer.json().expiresAt - Date.now() / 1000
  expect(Math.abs(lifetime - 24 * 3600)).toBeLessThan(60)
})

test.each(['taken-name', 'TAKEN-Name', 'ｔaken-name'])(
  'a name that is taken is refused as %s',
  async (name) => {
    await signUp('taken-name')
    const answer = await signUp(name)
    expect(answer.statusCode).toBe(409)
    expect(answer.json()).toEqual({ object: 'error', code: 4092, message: expect.any(String) })
  },
)

test.each([
  ['a short username', { username: 'four' }, /^username: /],
  ['a long username', { username: 'x'.repeat(31) }, /^username: /],
  ['half a surrogate pair', { username: 'name\ud83d-name' }, /^username: /],
  ['a short password', { password: '1234567', passwordConfirm: '1234567' }, /^password: /],
  ['another confirmation', { passwordConfirm: '1234567891' }, /^passwordConfirm: /],
  ['no confirmation', { passwordConfirm: undefined }, /^passwordConfirm: /],
  ['another gender', { gender: 'x' }, /^gender: /],
  ['no gender', { gender: undefined }, /^gender: /],
  ['a long first name', { firstName: 'x'.repeat(21) }, /^firstName: /],
  ['a long last name', { lastName: 'x'.repeat(31) }, /^lastName: /],
  ['a child', { age: 17 }, /^age: /],
  ['an age as text', { age: '18' }, /^age: /],
  ['a broken age', { age: 18.5 }, /^age: /],
  ['a long city', { city: 'x'.repeat(81) }, /^city: /],
  ['many interests', { interests: 'x'.repeat(501) }, /^interests: /],
  ['an object as name', { username: { $gt: '' } }, /^username: /],
])('sign-up refuses %s and makes nobody', async (_, fields, message) => {
  const before = await countUsers()
  const answer = await signUp('nobody-made', fields)
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toEqual({ object: 'error', code: 4001, message: expect.stringMatching(message) })
  expect(await countUsers()).toBe(before)
})

test('lengths are counted in characters, not in code units', async () => {
  const answer = await signUp('😀'.repeat(30), { firstName: '😀'.repeat(20), interests: '😀'.repeat(500) })
  expect(answer.statusCode).toBe(201)
  expect((await me(answer.json().token)).json().username).toBe('😀'.repeat(30))
})

test.each([
  ['malformed JSON', '{"username"', 4000],
  ['an empty body', '', 4000],
  ['no object', '[]', 4001],
  ['null', 'null', 4001],
  ['numbers', '{"username":1,"password":2}', 4001],
  ['no password', '{"username":"tester"}', 4001],
])('sign-in refuses %s', async (_, payload, code) => {
  const headers = { 'content-type': 'application/json' }
  const answer = await backend.app.inject({ method: 'POST', url: '/v1/auth/sign-in', headers, payload })
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toEqual({ object: 'error', code, message: expect.any(String) })
})

test('a wrong password and an unknown name look the same', async () => {
  const wrong = await backend.signIn('tester', 'not the password')
  const unknown = await backend.signIn('nobody-here', 'not the password')
  expect(wrong.statusCode).toBe(401)
  expect(wrong.json().code).toBe(4012)
  expect(unknown.json()).toEqual(wrong.json())
})

const claims = { uid: 3, username: 'tester', gen: 0, jti: 'x' }
const sign = (payload: object, options: { secret?: string; expires?: number; alg?: string } = {}) =>
  new SignJWT({ ...payload })
    .setProtectedHeader({ alg: options.alg ?? 'HS256' })
    .setExpirationTime(options.expires ?? Math.floor(Date.now() / 1000) + 60)
    .sign(Buffer.from(options.secret ?? jwtSecret))
const unsigned = (payload: object) =>
  `${[{ alg: 'none' }, { ...payload, exp: 9_999_999_999 }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')}.`

test('a token signed with the secret is let in: what the next test forges differs in one thing each', async () => {
  expect((await me(await sign(claims))).statusCode).toBe(200)
})

test.each<[string, () => Promise<string | undefined> | string | undefined, number]>([
  ['no header', () => undefined, 4010],
  ['Bearer without a token', () => 'Bearer ', 4010],
  ['another scheme', async () => `Basic ${await sign(claims)}`, 4011],
  ['a token without its scheme', () => sign(claims), 4011],
  ['two tokens', async () => `Bearer ${await sign(claims)} x`, 4011],
  ['no token at all', () => 'Bearer x.y.z', 4011],
  ['a long token', () => `Bearer ${'x'.repeat(5_000)}`, 4011],
  ['a token signed by another', async () => `Bearer ${await sign(claims, { secret: 'forged' })}`, 4011],
  ['a token of another algorithm', async () => `Bearer ${await sign(claims, { alg: 'HS384' })}`, 4011],
  ['an unsigned token', () => `Bearer ${unsigned(claims)}`, 4011],
  ['an expired token', async () => `Bearer ${await sign(claims, { expires: 1_616_062_453 })}`, 4011],
  ['a token without a user', async () => `Bearer ${await sign({ ...claims, uid: undefined })}`, 4011],
  ['a token without a generation', async () => `Bearer ${await sign({ ...claims, gen: undefined })}`, 4011],
])('%s is not let in', async (_, authorization, code) => {
  const header = await authorization()
  const answer = await backend.app.inject({
    url: '/v1/users/me',
    headers: header === undefined ? {} : { authorization: header },
  })
  expect(answer.statusCode).toBe(401)
  expect(answer.json()).toEqual({ object: 'error', code, message: expect.any(String) })
  expect(answer.headers['www-authenticate']).toBe('Bearer')
})

test('the token is checked before the body is read', async () => {
  const answer = await backend.app.inject({
    method: 'PUT',
    url: '/v1/users/me',
    headers: { 'content-type': 'application/json' },
    payload: '{"malformed',
  })
  expect(answer.json().code).toBe(4010)
})

test('sign-out ends this token and no other', async () => {
  const [first, second] = [await backend.tokenOf('tester'), await backend.tokenOf('tester')]
  const answer = await backend.as(first, { method: 'POST', url: '/v1/auth/sign-out' })
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toEqual({ object: 'signedOut' })
  expect((await me(first)).json().code).toBe(4011)
  expect((await backend.as(first, { method: 'POST', url: '/v1/auth/sign-out' })).json().code).toBe(4011)
  expect((await me(second)).statusCode).toBe(200)
})

test('a new password ends all tokens, answers one that works, and is the only one that does', async () => {
  const first = (await signUp('changes-it')).json().token
  const second = await backend.tokenOf('changes-it')
  const change = (payload: object, token = second) =>
    backend.as(token, { method: 'PUT', url: '/v1/auth/password', payload })
  const wanted = { newPassword: 'a new password', newPasswordConfirm: 'a new password' }

  expect((await change({ ...wanted, password: 'not the password' })).json().code).toBe(4012)
  expect((await change({ ...wanted, password: '1234567890', newPasswordConfirm: 'x' })).json().code).toBe(
    4001,
  )
  expect((await me(first)).statusCode).toBe(200)

  const answer = await change({ ...wanted, password: '1234567890' })
  expect(answer.json()).toMatchObject({ object: 'token', username: 'changes-it' })
  expect((await me(answer.json().token)).statusCode).toBe(200)
  for (const ended of [first, second]) expect((await me(ended)).json().code).toBe(4011)
  expect((await backend.signIn('changes-it')).json().code).toBe(4012)
  expect((await backend.signIn('changes-it', 'a new password')).statusCode).toBe(200)
})

test('a deleted account is gone with its tokens and its name is free again', async () => {
  const signedUp = (await signUp('leaves-us')).json()
  const other = await backend.tokenOf('leaves-us')
  const leave = (password: string) =>
    backend.as(signedUp.token, { method: 'DELETE', url: '/v1/users/me', payload: { password } })
  expect((await leave('not the password')).json().code).toBe(4012)
  expect((await leave('1234567890')).json()).toEqual({ object: 'deleted', id: signedUp.userId })
  for (const ended of [signedUp.token, other]) expect((await me(ended)).json().code).toBe(4011)
  expect((await backend.signIn('leaves-us')).json().code).toBe(4012)
  const tester = await backend.tokenOf('tester')
  expect((await backend.as(tester, { url: `/v1/users/${signedUp.userId}` })).statusCode).toBe(404)
  const again = (await signUp('leaves-us')).json()
  expect(again.userId).toBeGreaterThan(signedUp.userId)
  expect((await me(signedUp.token)).json().code).toBe(4011)
})
