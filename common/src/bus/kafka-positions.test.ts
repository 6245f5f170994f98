import { expect, test } from '@jest/globals'
import { createPositions } from './kafka-positions.ts'

const positionOf = (positions: ReturnType<typeof createPositions>) => Object.fromEntries(positions.all())

test('reading begins at the end, and goes on where it was', () => {
  const positions = createPositions()
  positions.resume(0, { low: 10, high: 20 })
  expect(positionOf(positions)).toEqual({ 0: 20 })
  expect(positions.take(0, 20)).toEqual({ isNew: true, missed: false })
  positions.resume(0, { low: 15, high: 10_021 })
  expect(positionOf(positions)).toEqual({ 0: 21 })
})

test.each([
  ['far behind', { low: 0, high: 10_022 }],
  ['no longer kept', { low: 22, high: 30 }],
  ['of a topic that was made anew', { low: 0, high: 5 }],
])('what is %s is left out', (_what, kept) => {
  const positions = createPositions()
  positions.resume(0, { low: 0, high: 21 })
  positions.resume(0, kept)
  expect(positionOf(positions)).toEqual({ 0: kept.high })
})

test('a message that came before is told from a new one, and so is a gap', () => {
  const positions = createPositions()
  positions.resume(1, { low: 0, high: 5 })
  expect(positions.take(1, 4)).toEqual({ isNew: false, missed: false })
  expect(positions.take(1, 5)).toEqual({ isNew: true, missed: false })
  expect(positions.take(1, 8)).toEqual({ isNew: true, missed: true })
  expect(positions.take(1, 9)).toEqual({ isNew: true, missed: false })
})
