import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newUser, startBackend, temporaryFolder } from '../app.test-support.ts'

const proxy = '10.9.8.7'
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let backend: Awaited<ReturnType<typeof startBackend>>
beforeAll(async () => {
  folder = await temporaryFolder()
  const isTrustedProxy = (address: string) => address === proxy
  backend = await startBackend({ path: `${folder.path}/users.db`, isTrustedProxy })
})
afterAll(async () => {
  await backend.close()
  await folder.remove()
})

const wrong = (username: string, more: object = {}) => backend.signIn(username, 'not the password', more)
const statusOf = async (answer: Promise<{ statusCode: number }>) => (await answer).statusCode

test('the eleventh wrong password of a name from an address is refused, also the right one then', async () => {
  for (let n = 1; n <= 10; n++) expect(await statusOf(wrong('madscie'))).toBe(401)
  const eleventh = await wrong('madscie')
  expect(eleventh.statusCode).toBe(429)
  expect(eleventh.json()).toEqual({ object: 'error', code: 4290, message: expect.any(String) })
  expect(Number(eleventh.headers['retry-after'])).toBeGreaterThan(0)
  expect(Number(eleventh.headers['retry-after'])).toBeLessThanOrEqual(60)
  expect(await statusOf(backend.signIn('MADSCIE'))).toBe(429)
  expect(await statusOf(backend.signIn('madscie', undefined, { remoteAddress: '192.0.2.1' }))).toBe(200)
  expect(await statusOf(backend.signIn('tester'))).toBe(200)
})

test('sent all at once, no more than ten are tried', async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, () => statusOf(wrong('janitor'))))
  expect(answers.filter((status) => status === 401)).toHaveLength(10)
  expect(answers.filter((status) => status === 429)).toHaveLength(20)
})

test('names nobody has are counted like the others', async () => {
  for (let n = 1; n <= 10; n++) expect(await statusOf(wrong('nobody-here'))).toBe(401)
  expect(await statusOf(wrong('nobody-here'))).toBe(429)
})

test('right passwords are not counted', async () => {
  const answers = await Promise.all(Array.from({ length: 15 }, () => statusOf(backend.signIn('tester'))))
  expect(new Set(answers)).toEqual(new Set([200]))
})

test('the current password cannot be guessed with a stolen token either', async () => {
  const payload = newUser('robbed-one')
  const { token } = (await backend.app.inject({ method: 'POST', url: '/v1/auth/sign-up', payload })).json()
  const guess = () =>
    backend.as(token, { method: 'DELETE', url: '/v1/users/me', payload: { password: 'not the password' } })
  for (let n = 1; n <= 10; n++) expect(await statusOf(guess())).toBe(401)
  expect(await statusOf(guess())).toBe(429)
})

test('the address told by the proxy is counted, and nobody else is believed', async () => {
  const from = (remoteAddress: string, told: string) => ({
    remoteAddress,
    headers: { 'x-forwarded-for': told },
  })
  for (let n = 1; n <= 10; n++) {
    expect(await statusOf(wrong('tester', from('192.0.2.9', `198.51.100.${n}`)))).toBe(401)
    expect(await statusOf(wrong('tester', from(proxy, '203.0.113.5')))).toBe(401)
  }
  expect(await statusOf(wrong('tester', from('192.0.2.9', '198.51.100.11')))).toBe(429)
  expect(await statusOf(wrong('tester', from(proxy, '203.0.113.5')))).toBe(429)
  expect(await statusOf(wrong('tester', from(proxy, '203.0.113.6')))).toBe(401)
  // What the caller itself put before the proxy's entry changes nothing.
  expect(await statusOf(wrong('tester', from(proxy, '1.1.1.1, 203.0.113.5')))).toBe(429)
})
