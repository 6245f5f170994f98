import { expect, test } from '@jest/globals'
import { createRandom } from './seeded-random.ts'

const take = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

test('is mulberry32', () => {
  const { next } = createRandom(1)
  // Reckoned from the published C code.
  expect(take(3, () => Math.round(next() * 2 ** 32))).toEqual([2693262067, 11749833, 2265367787])
})

test('the same seed gives the same numbers, another seed others', () => {
  const [one, same, other] = [createRandom(7), createRandom(7), createRandom(8)]
  const numbers = take(100, one.next)
  expect(take(100, same.next)).toEqual(numbers)
  expect(take(100, other.next)).not.toEqual(numbers)
})

test('whole numbers and picks are in range and reach every value about as often', () => {
  const random = createRandom(2026)
  const counts = [0, 0, 0, 0, 0]
  for (const n of take(10_000, () => random.int(5))) counts[n] = (counts[n] ?? 0) + 1
  expect(counts).toHaveLength(5)
  for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200)
  expect(new Set(take(100, () => random.pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']))
})

test('nothing can be picked from nothing', () => {
  expect(() => createRandom(1).pick([])).toThrow('nothing to pick from')
})
