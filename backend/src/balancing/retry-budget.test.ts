import { expect, test } from '@jest/globals'
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
