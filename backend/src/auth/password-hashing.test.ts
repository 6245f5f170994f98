import { expect, test } from '@jest/globals'
import { createTurns, hashPassword, isPasswordRight } from './password-hashing.ts'

test('a hash fits its password only, is salted, and costs what it should', async () => {
  const [one, other] = await Promise.all([hashPassword('a password'), hashPassword('a password')])
  expect(one).not.toBe(other)
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await isPasswordRight(one, 'a password')).toBe(true)
  expect(await isPasswordRight(one, 'A password')).toBe(false)
})

test('only so many run at once, so many wait, and the rest are refused', async () => {
  const inTurn = createTurns({ concurrency: 2, maxWaiting: 3 })
  let running = 0
  let most = 0
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const task = async () => {
    running += 1
    most = Math.max(most, running)
    await finished
    running -= 1
  }
  const outcomes = Promise.allSettled(Array.from({ length: 6 }, (_, i) => inTurn(`10.0.0.${i}`, task)))
  finish()
  const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected')
  expect(refused).toEqual([{ status: 'rejected', reason: expect.objectContaining({ code: 4290 }) }])
  expect(most).toBe(2)
})

test('one address has half of the places at most, and has them again when its turn is over', async () => {
  const inTurn = createTurns({ concurrency: 1, maxWaiting: 7 })
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const greedy = Promise.allSettled(Array.from({ length: 100 }, () => inTurn('10.0.0.1', () => finished)))
  const other = inTurn('10.0.0.2', async () => 'in')
  finish()
  expect((await greedy).filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
  expect(await other).toBe('in')
  expect(await inTurn('10.0.0.1', async () => 'again')).toBe('again')
})
