import { expect, test } from '@jest/globals'
import { createRandom } from '@roundtable/tools/seed/seeded-random'
import { deal } from './deal.ts'

const items = ['a', 'b', 'c', 'd', 'e', 'f']

function dealt(seed: number, count: number): string[] {
  const source = deal(items, createRandom(seed))
  return Array.from({ length: count }, () => source.next().value)
}

test('each is dealt once before any comes again', () => {
  const all = dealt(1, 60)
  for (let begin = 0; begin < 60; begin += items.length) {
    expect(all.slice(begin, begin + items.length).sort()).toEqual(items)
  }
})

test('the order comes again with its seed, and differs from deck to deck', () => {
  expect(dealt(5, 60)).toEqual(dealt(5, 60))
  expect(dealt(5, 60)).not.toEqual(dealt(6, 60))
  const decks = dealt(5, 60).join('').match(/.{6}/g) ?? []
  expect(new Set(decks).size).toBeGreaterThan(5)
})

test('nothing cannot be dealt', () => {
  expect(() => deal([], createRandom(1)).next()).toThrow('nothing to deal')
})
