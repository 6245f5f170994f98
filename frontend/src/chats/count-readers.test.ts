import { expect, test } from '@jest/globals'
import { countReaders } from './count-readers.ts'

test('members count who have read it, neither oneself nor those who left', () => {
  const marks = new Map([
    [1, 5],
    [2, 4],
    [3, 5],
    [4, 9],
  ])
  expect(countReaders(marks, [1, 2, 3], 3, 5)).toBe(1)
  expect(countReaders(marks, [1, 2, 3], 3, 4)).toBe(2)
})
