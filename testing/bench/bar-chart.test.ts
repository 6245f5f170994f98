import { expect, test } from '@jest/globals'
import { drawBars } from './bar-chart.ts'

test('bars are as long as their values, and what is written on them is escaped', () => {
  const svg = drawBars('a & b', 'requests/s', [
    { label: 'x < y', value: 1_000 },
    { label: 'ours', value: 500, isOurs: true },
  ])
  const [long, short] = [...svg.matchAll(/<rect .*?width="(\d+)"/g)].map(([, length]) => Number(length))
  expect(long).toBe(2 * (short ?? 0))
  expect(svg).toContain('a &amp; b')
  expect(svg).toContain('x &lt; y')
  expect(svg).toContain('1,000 requests/s')
})
