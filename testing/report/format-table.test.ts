import { expect, test } from '@jest/globals'
import { formatNumber, formatTable } from './format-table.ts'

test('a table is aligned, and a bar in a cell does not break it', () => {
  expect(
    formatTable(
      ['name', 'n'],
      [
        ['a|b', '1'],
        ['long name', '1000'],
      ],
      [true, false],
    ).split('\n'),
  ).toEqual(['| name      |    n |', '| --------- | ---: |', '| a\\|b      |    1 |', '| long name | 1000 |'])
})

test('a number has no more digits than it needs, and none is a dash', () => {
  expect([formatNumber(1.25, 1), formatNumber(40, 1), formatNumber(Number.NaN, 1)]).toEqual([
    '1.3',
    '40',
    '–',
  ])
})
