import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startBackend, temporaryFolder } from './app.test-support.ts'

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

test.each([
  ['/v1/nothing', 'GET', 4040],
  ['/nothing', 'GET', 4040],
  ['/v1/users', 'DELETE', 4050],
  ['/v1/auth/sign-in', 'GET', 4050],
] as const)('%s refuses %s', async (url, method, code) => {
  const answer = await backend.app.inject({ url, method })
  expect(answer.json()).toEqual({ object: 'error', code, message: expect.any(String) })
  expect(answer.statusCode).toBe(Math.floor(code / 10))
})

test.each([
  '/v1/users',
  '/v1/users/me',
  '/v1/users/1',
  '/v1/users/search?firstName=x',
  '/v1/friends',
  '/v1/chats',
  '/v1/chats/6053226593a589ae6ea95771/messages',
])('%s takes a token', async (url) => {
  expect((await backend.app.inject({ url })).json().code).toBe(4010)
})

test('a large body is refused', async () => {
  const payload = JSON.stringify({ username: 'x'.repeat(200_000), password: 'x' })
  const answer = await backend.signIn('x', 'x', { payload, headers: { 'content-type': 'application/json' } })
  expect(answer.json().code).toBe(4130)
})

test('what guards browsers is set, and the documentation works under it', async () => {
  const page = await backend.app.inject({ url: '/docs/' })
  expect(page.statusCode).toBe(200)
  const policy = String(page.headers['content-security-policy'])
  expect(policy).toContain("default-src 'self'")
  expect(policy).not.toContain('upgrade-insecure-requests')
  expect(page.headers['x-content-type-options']).toBe('nosniff')
  const links = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '')
  expect(links.length).toBeGreaterThan(3)
  for (const link of links) {
    // Nothing from elsewhere, and no script in the page itself: the policy would stop both.
    expect(link).toMatch(/^\.\//)
    expect((await backend.app.inject({ url: `/docs/${link.slice(2)}` })).statusCode).toBe(200)
  }
  expect(page.body).not.toMatch(/<script(?![^>]*src=)/)
})

test('no answer of the API is taken for a page, or kept', async () => {
  const { headers } = await backend.app.inject({ url: '/v1/users/me' })
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  })
})

test('live and ready; while it drains no longer ready, yet serving, with connections to be closed', async () => {
  const ready = () => backend.app.inject({ url: '/health/ready' })
  expect((await backend.app.inject({ url: '/health/live' })).json()).toEqual({
    object: 'health',
    status: 'ok',
  })
  expect((await ready()).json()).toMatchObject({ object: 'health', status: 'ok', dialogueNodes: 0 })
  backend.state.draining = true
  const draining = await ready()
  expect(draining.statusCode).toBe(503)
  expect(draining.json().message).toMatch(/shutting down/)
  const served = await backend.signIn('tester')
  expect(served.statusCode).toBe(200)
  expect(served.headers.connection).toBe('close')
  backend.state.draining = false
  expect((await ready()).headers.connection).not.toBe('close')
})

test('requests are counted by route', async () => {
  await backend.signIn('tester')
  const { body } = await backend.app.inject({ url: '/metrics' })
  expect(body).toContain('dialogue_eligible_nodes 0')
  expect(body).toMatch(/http_requests_total\{method="POST",route="\/v1\/auth\/sign-in",status="200"\} \d/)
})
