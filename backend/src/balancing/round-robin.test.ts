import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { RoundRobin } from './round-robin.ts'

const named = (...keys: string[]) => keys.map((key) => ({ key }))
const everybody = () => true

test('over 30,000 requests the counts of steady nodes differ by one at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (n, r) => {
        const nodes = named(...Array.from({ length: n }, (_, i) => `node${i}:8080`))
        const turn = new RoundRobin(() => r)
        const counts = new Map<string, number>()
        for (let i = 0; i < 3_000; i++) {
          const key = turn.take(nodes, everybody)?.key ?? ''
          counts.set(key, (counts.get(key) ?? 0) + 1)
        }
        expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1)
        expect(counts.size).toBe(n)
      },
    ),
    { numRuns: 30 },
  )
})

test('the turn goes on after the node taken last, also when that node has left', () => {
  const turn = new RoundRobin(() => 0)
  expect(turn.take(named('a', 'b', 'c'), everybody)?.key).toBe('a')
  expect(turn.take(named('a', 'b', 'c'), everybody)?.key).toBe('b')
  expect(turn.take(named('a', 'c'), everybody)?.key).toBe('c')
  expect(turn.take(named('a', 'b', 'c'), everybody)?.key).toBe('a')
})

test('whoever is not eligible is passed over, and nobody is taken when none is', () => {
  const turn = new RoundRobin(() => 0)
  const nodes = named('a', 'b', 'c')
  const taken = Array.from({ length: 4 }, () => turn.take(nodes, (node) => node.key !== 'b')?.key)
  expect(taken).toEqual(['a', 'c', 'a', 'c'])
  expect(turn.take(nodes, () => false)).toBeUndefined()
  expect(turn.take([], everybody)).toBeUndefined()
})
