import assert from 'node:assert/strict'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { RetryBudget } from './retry-budget.ts'

test('a full bucket allows 100 retries, then one for every five requests', () => {
  const budget = new RetryBudget()
  let retries = 0
  while (budget.tryTake()) retries++
  expect(retries).toBe(100)
  for (let i = 0; i < 4; i++) budget.onRequest()
  expect(budget.tryTake()).toBe(false)
  budget.onRequest()
  expect(budget.tryTake()).toBe(true)
  expect(budget.tryTake()).toBe(false)
})

test('it never holds more than its capacity', () => {
  const budget = new RetryBudget()
  for (let i = 0; i < 10_000; i++) budget.onRequest()
  expect(budget.left).toBe(RetryBudget.capacity)
})

test('requests buy a retry for every five, never more than 100 at once', () => {
  const calls = fc.record({
    requests: fc.oneof(fc.nat(20), fc.nat(600)),
    retries: fc.oneof(fc.nat(4), fc.nat(150)),
  })
  fc.assert(
    fc.property(fc.array(calls, { maxLength: 40, size: 'medium' }), (history) => {
      const budget = new RetryBudget()
      let [requests, retries] = [0, 0]
      let fifths = 500
      for (const call of history) {
        for (let i = 0; i < call.requests; i++) budget.onRequest()
        requests += call.requests
        fifths = Math.min(500, fifths + call.requests)
        for (let i = 0; i < call.retries; i++) {
          const granted = budget.tryTake()
          assert.equal(granted, fifths >= 5, `retry ${retries + 1} after ${requests} requests`)
          if (!granted) continue
          fifths -= 5
          retries++
        }
        assert.ok(retries <= 100 + requests / 5, `${retries} retries of ${requests} requests`)
      }
    }),
    { numRuns: 500 },
  )
})
