import { afterEach, expect, jest, test } from '@jest/globals'
import { createTokens, tokenLifetimeS } from './tokens.ts'

const account = { id: 3, username: 'tester', generation: 2 }
afterEach(() => {
  jest.useRealTimers()
})

test('a token says whose it is', async () => {
  const tokens = await createTokens('a secret for tests', () => false)
  const { token, expiresAt } = await tokens.issue(account)
  const claims = await tokens.verify(token)
  expect(claims).toEqual({ uid: 3, username: 'tester', gen: 2, jti: expect.any(String), exp: expiresAt })
  expect((await tokens.verify((await tokens.issue(account)).token)).jti).not.toBe(claims.jti)
})

test('a token that was verified before ends when its time is over', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] })
  const tokens = await createTokens('a secret for tests', () => false)
  const { token } = await tokens.issue(account)
  await tokens.verify(token)
  jest.setSystemTime(Date.now() + (tokenLifetimeS - 5) * 1000)
  await tokens.verify(token)
  jest.setSystemTime(Date.now() + 10_000)
  await expect(tokens.verify(token)).rejects.toMatchObject({ code: 4011 })
})

test.each([10, -10])(
  'a token of a backend whose clock is off by %i minutes is good elsewhere',
  async (off) => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] })
    const [here, elsewhere] = [
      await createTokens('a secret for tests', () => false),
      await createTokens('a secret for tests', () => false),
    ]
    const now = Date.now()
    jest.setSystemTime(now + off * 60_000)
    const { token } = await here.issue(account)
    jest.setSystemTime(now)
    expect(await elsewhere.verify(token)).toMatchObject({ uid: 3 })
  },
)

test('a token that was verified before ends when it is revoked', async () => {
  const revoked = new Set<string>()
  const tokens = await createTokens('a secret for tests', (claims) => revoked.has(claims.jti))
  const { token } = await tokens.issue(account)
  const { jti } = await tokens.verify(token)
  revoked.add(jti)
  await expect(tokens.verify(token)).rejects.toMatchObject({ code: 4011 })
})
