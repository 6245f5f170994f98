import { expect, test } from '@jest/globals'
import type { Figures } from '../history/figures.ts'
import { formatReport, type RunResult } from './report.ts'

const figures: Figures = {
  requests: 1_000,
  failed: 0,
  failedByCode: {},
  repeated: 0,
  p50Ms: 4.26,
  p99Ms: 40.4,
  maxMs: 300.6,
  longestGapMs: 100,
}
const result = (run: number, more: Partial<RunResult> = {}, how: Partial<Figures> = {}): RunResult => ({
  fault: 'kill9',
  title: 'node killed -9',
  run,
  figures: { ...figures, ...how },
  violations: [],
  staleAcrossUsers: 0,
  notes: {},
  missed: [],
  ...more,
})
/** The cells of the line that begins with a title, by heading. */
function cellsOf(report: string, title: string): Record<string, string> {
  const rows = report
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()))
  const row = rows.find(([first]) => first === title) ?? []
  return Object.fromEntries((rows[0] ?? []).map((heading, i) => [heading, row[i] ?? '']))
}

test('a fault has one line: requests added up, times in the middle', () => {
  const report = formatReport([
    result(1, { rightAfterMs: 900 }, { p99Ms: 50 }),
    result(2, { rightAfterMs: 1_240 }, { p99Ms: 20, p50Ms: 9 }),
    result(3, { rightAfterMs: 5_000 }, { p99Ms: 4_000, maxMs: 9_000 }),
  ])
  expect(cellsOf(report, 'node killed -9')).toEqual({
    fault: 'node killed -9',
    runs: '3',
    requests: '3000',
    failed: '0',
    'lost, twice or out of order': '0',
    stale: '0 / 0',
    'p50 ms': '4.3',
    'p99 ms': '50',
    'max ms': '301',
    'list right after s': '1.2',
    verdict: 'pass',
    notes: '',
  })
  expect(report).toContain('Every line keeps its figure.')
})

test('what went wrong is that of the worst run, and is told with its reason', () => {
  const report = formatReport([
    result(1, { staleAcrossUsers: 3 }, { failed: 1, failedByCode: { none: 1 } }),
    result(
      2,
      {
        violations: [
          { kind: 'lost', what: 'the post "x" is gone' },
          { kind: 'stale', what: 'saw less' },
        ],
        missed: ['2 violations'],
      },
      { failed: 7, failedByCode: { '5031': 2, '502': 5 } },
    ),
    result(3, { fault: 'none', title: 'nothing broken' }),
  ])
  expect(cellsOf(report, 'node killed -9')).toMatchObject({
    failed: '7 (502: 5, 5031: 2)',
    'lost, twice or out of order': '1',
    stale: '1 / 3',
    verdict: 'MISSED 1 of 2',
  })
  expect(cellsOf(report, 'nothing broken')).toMatchObject({ verdict: 'pass', 'list right after s': '–' })
  expect(report).toContain(
    '- kill9, run 2: 2 violations\n  - lost: the post "x" is gone\n  - stale: saw less',
  )
  expect(report).not.toContain('Every line keeps its figure.')
})

test('of many violations the first ones are told, and how many there are besides', () => {
  const violations = Array.from({ length: 12 }, (_, i) => ({ kind: 'lost' as const, what: `post ${i}` }))
  const report = formatReport([result(1, { violations, missed: ['12 violations'] })])
  expect(report).toContain('post 4')
  expect(report).not.toContain('post 5')
  expect(report).toContain('- and 7 more')
})

test('notes are medians of numbers, and words as often as they differ', () => {
  const notes = (attempts: number, gap: string): Partial<RunResult> => ({
    notes: { 'attempts per request': attempts, gap },
  })
  const report = formatReport([
    result(1, notes(1.5, 'none')),
    result(2, notes(1.2, 'none')),
    result(3, notes(1.1, 'a | b')),
  ])
  expect(report).toContain('attempts per request: 1.2; gap: none · a \\| b')
})
