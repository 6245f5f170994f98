import { expect, test } from '@jest/globals'
import { percentile, summarize } from './figures.ts'
import type { Operation } from './history.ts'

const op = (startedAt: number, tookMs: number, more: Partial<Operation> = {}): Operation => ({
  kind: 'read',
  uid: 1,
  cid: 'aa',
  startedAt,
  endedAt: startedAt + tookMs,
  status: 200,
  repeats: 0,
  ...more,
})

test('times are those of the good answers', () => {
  const operations = Array.from({ length: 200 }, (_, i) => op(i * 10, i + 1))
  const figures = summarize([...operations.reverse(), op(5, 9_000, { status: 503, code: 5030 })])
  expect(figures).toMatchObject({ requests: 201, failed: 1, p50Ms: 100, p99Ms: 198, maxMs: 200 })
})

test('what failed is counted by code, by status where there is no code, and as none where no answer came', () => {
  const operations = [
    op(0, 1),
    op(1, 1, { status: 201, repeats: 2 }),
    op(2, 1, { status: 503, code: 5031 }),
    op(3, 1, { status: 503, code: 5031 }),
    op(4, 1, { status: 502 }),
    op(5, 1, { status: 0, repeats: 4 }),
  ]
  expect(summarize(operations)).toMatchObject({
    requests: 6,
    failed: 4,
    failedByCode: { '5031': 2, '502': 1, none: 1 },
    repeated: 2,
  })
})

test('the longest gap reaches from one good answer to the next, over what failed between', () => {
  const failing = op(300, 100, { status: 503, code: 5032 })
  expect(summarize([op(0, 10), failing, op(700, 60)]).longestGapMs).toBe(750)
  expect(summarize([op(0, 10), op(20, 480, { status: 0 })]).longestGapMs).toBe(490)
  expect(summarize([failing, op(720, 80)]).longestGapMs).toBe(500)
})

test('only what was begun in the window counts', () => {
  const operations = [op(0, 500), op(100, 1), op(199, 50), op(200, 1)]
  expect(summarize(operations, { from: 100, to: 200 })).toMatchObject({ requests: 2, maxMs: 50 })
})

test('nothing asked is no failure, and has no times', () => {
  expect(summarize([])).toEqual({
    requests: 0,
    failed: 0,
    failedByCode: {},
    repeated: 0,
    p50Ms: Number.NaN,
    p99Ms: Number.NaN,
    maxMs: Number.NaN,
    longestGapMs: 0,
  })
})

test('a percentile is the nearest rank', () => {
  const values = [15, 20, 35, 40, 50]
  expect([5, 30, 40, 50, 100].map((percent) => percentile(values, percent))).toEqual([15, 20, 20, 35, 50])
  expect(percentile([7], 0)).toBe(7)
})
