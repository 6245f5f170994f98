import { expect, test } from '@jest/globals'
import { createPace } from './pace.ts'

test('lets a burst through, then spaces out', () => {
  const pace = createPace({ perSecond: 2, burst: 2 })
  expect([0, 0, 0, 500, 1_000].map((now) => pace(now))).toEqual([0, 0, 500, 500, 500])
})

test('gives no more than one burst after a long silence', () => {
  const pace = createPace({ perSecond: 2, burst: 2 })
  pace(0)
  expect([60_000, 60_000, 60_000].map((now) => pace(now))).toEqual([0, 0, 500])
})
