import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newUser, startBackend, temporaryFolder, until } from '../app.test-support.ts'
import { openDatabase } from '../database/open-database.ts'

type Backend = Awaited<ReturnType<typeof startBackend>>
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let path: string
let one: Backend
let other: Backend
beforeAll(async () => {
  folder = await temporaryFolder()
  path = `${folder.path}/users.db`
  one = await startBackend({ path })
  other = await startBackend({ path })
})
afterAll(async () => {
  await one.close()
  await other.close()
  await folder.remove()
})

const me = async (backend: Backend, token: string) =>
  (await backend.as(token, { url: '/v1/users/me' })).statusCode

const untilRefused = (backend: Backend, token: string) =>
  until(async () => (await me(backend, token)) === 401)

test('a token that ends on one backend ends on the other', async () => {
  const [ended, stays] = [await one.tokenOf('tester'), await one.tokenOf('tester')]
  expect(await me(other, ended)).toBe(200)
  await one.as(ended, { method: 'POST', url: '/v1/auth/sign-out' })
  await untilRefused(other, ended)
  expect(await me(other, stays)).toBe(200)
})

test('a new password ends the tokens on the other backend, but not the new one', async () => {
  const payload = newUser('changes-it')
  const { token } = (await one.app.inject({ method: 'POST', url: '/v1/auth/sign-up', payload })).json()
  expect(await me(other, token)).toBe(200)
  const change = { password: '1234567890', newPassword: 'a new one', newPasswordConfirm: 'a new one' }
  const answer = await one.as(token, { method: 'PUT', url: '/v1/auth/password', payload: change })
  await untilRefused(other, token)
  expect(await me(other, answer.json().token)).toBe(200)
})

test('a deleted account has no tokens on the other backend', async () => {
  const payload = newUser('leaves-us')
  const { token } = (await one.app.inject({ method: 'POST', url: '/v1/auth/sign-up', payload })).json()
  // A list does not look the caller up: only the token's end can refuse it.
  const list = async () => (await other.as(token, { url: '/v1/users' })).statusCode
  expect(await list()).toBe(200)
  await one.as(token, { method: 'DELETE', url: '/v1/users/me', payload: { password: '1234567890' } })
  await until(async () => (await list()) === 401)
})

test('a backend that starts later knows the tokens that were ended before', async () => {
  const ended = await one.tokenOf('tester')
  await one.as(ended, { method: 'POST', url: '/v1/auth/sign-out' })
  const later = await startBackend({ path })
  expect(await me(later, ended)).toBe(401)
  await later.close()
})

test('while the store is away known revocations stand, and sign-out says that it did not happen', async () => {
  const [ended, stays] = [await one.tokenOf('tester'), await one.tokenOf('tester')]
  await one.as(ended, { method: 'POST', url: '/v1/auth/sign-out' })
  await withWritesBlocked(path, async () => {
    expect(await me(one, ended)).toBe(401)
    const answer = await one.as(stays, { method: 'POST', url: '/v1/auth/sign-out' })
    expect(answer.statusCode).toBe(503)
    expect(answer.json().code).toBe(5032)
    expect(answer.headers['retry-after']).toBe('1')
    expect(await me(one, stays)).toBe(200)
  })
  expect((await one.as(stays, { method: 'POST', url: '/v1/auth/sign-out' })).statusCode).toBe(200)
})

/** Another process that is in the middle of a write. */
async function withWritesBlocked(path: string, work: () => Promise<void>): Promise<void> {
  const blocker = openDatabase({ kind: 'sqlite', path })
  await blocker.transaction().execute(work)
  await blocker.destroy()
}
