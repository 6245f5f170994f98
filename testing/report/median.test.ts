import { expect, test } from '@jest/globals'
import { median } from './median.ts'

test('the median is the middle value', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN])
})
