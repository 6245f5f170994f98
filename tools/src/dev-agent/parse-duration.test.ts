import { expect, test } from '@jest/globals'
import { parseDuration } from './parse-duration.ts'

test.each([
  ['500ms', 500],
  ['1s', 1_000],
  ['1.5s', 1_500],
  ['1m30s', 90_000],
  ['2h', 7_200_000],
  ['0', 0],
  [2_000_000, 2],
])('%j is %d ms', (given, ms) => {
  expect(parseDuration(given)).toBe(ms)
})

test.each(['', '1', 's', '1 s', '-1s', '1s2', 'soon'])('%j is no duration', (given) => {
  expect(parseDuration(given)).toBeUndefined()
})
