import { afterEach, expect, jest, test } from '@jest/globals'
import { Revocations, revocationExpiry } from './revocations.ts'
import { tokenLifetimeS } from './tokens.ts'

afterEach(() => {
  jest.useRealTimers()
})

const token = (claims: { uid?: number; gen?: number; jti?: string }) => ({
  uid: 3,
  username: 'tester',
  gen: 0,
  jti: 'a',
  exp: 2_000,
  ...claims,
})
const ofToken = (jti: string, expiresAt = 2_000) => ({ uid: 3, jti, belowGeneration: null, expiresAt })
const ofUser = (uid: number, belowGeneration: number, expiresAt = 2_000) => ({
  uid,
  jti: null,
  belowGeneration,
  expiresAt,
})

test('the end of a token ends that token', () => {
  const revocations = new Revocations()
  revocations.add(ofToken('a'))
  expect(revocations.isRevoked(token({ jti: 'a' }))).toBe(true)
  expect(revocations.isRevoked(token({ jti: 'b' }))).toBe(false)
})

test('the end of a generation ends those below it, whichever is read last', () => {
  const revocations = new Revocations()
  revocations.add(ofUser(3, 2))
  revocations.add(ofUser(3, 1))
  expect(revocations.isRevoked(token({ gen: 1 }))).toBe(true)
  expect(revocations.isRevoked(token({ gen: 2 }))).toBe(false)
  expect(revocations.isRevoked(token({ uid: 4, gen: 0 }))).toBe(false)
})

test('memory holds what has not expired, however often it is read', () => {
  const revocations = new Revocations()
  for (let twice = 0; twice < 2; twice++) {
    for (let n = 0; n < 100; n++) revocations.add(ofToken(`t${n}`, 1_000 + n))
    for (let n = 0; n < 100; n++) revocations.add(ofUser(n, 1, 1_000 + n))
  }
  expect(revocations.size).toBe(200)
  revocations.forgetExpired(1_050)
  expect(revocations.size).toBe(100)
  expect(revocations.isRevoked(token({ jti: 't50' }))).toBe(true)
  revocations.forgetExpired(1_100)
  expect(revocations.size).toBe(0)
})

test('the end of a token outlives it also among backends whose clocks are off by 10 minutes', () => {
  const [ahead, behind] = [600, -600]
  const now = 1_700_000_000
  const exp = now + ahead + tokenLifetimeS
  jest.useFakeTimers({ now: (now + behind) * 1_000 })
  const revocations = new Revocations()
  revocations.add(ofToken('a', revocationExpiry()))
  // The last moment at which anybody takes the token for a good one.
  const last = exp - behind
  revocations.forgetExpired(last + ahead)
  expect(revocations.isRevoked(token({ jti: 'a' }))).toBe(true)
})
