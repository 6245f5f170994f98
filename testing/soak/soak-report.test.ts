import { expect, test } from '@jest/globals'
import type { Operation } from '../history/history.ts'
import { formatSoak, type SoakResult } from './soak-report.ts'

const read = (startedAt: number, tookMs: number, more: Partial<Operation> = {}): Operation => ({
  kind: 'read',
  uid: 1,
  cid: 'aa',
  startedAt,
  endedAt: startedAt + tookMs,
  status: 200,
  repeats: 0,
  ...more,
})
const result: SoakResult = {
  seed: 42,
  minutes: 30,
  operations: [
    read(0, 1),
    read(100, 10),
    read(150, 30, { status: 503, code: 5032 }),
    read(300, 5),
    read(500, 90, { repeats: 1 }),
  ],
  allowedToFail: 1,
  rounds: [
    { fault: 'kill9', from: 100, to: 200 },
    { fault: 'frozen', from: 300, to: 400 },
    { fault: 'kill9', from: 500, to: 600 },
  ],
  staleAcrossUsers: 3,
  wear: [
    {
      name: 'backend1',
      lives: 1,
      busy: 0.314,
      growth: {
        residentMiB: 120,
        openFiles: 40,
        grownMiB: 1.26,
        grownFiles: -2,
        mibPerHour: 4,
        filesPerHour: 0,
        overMs: 1_500_000,
      },
      missed: [],
    },
    { name: 'dialogue02', lives: 9, busy: 0.1, missed: [] },
  ],
  missed: [],
  late: [],
}
const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
const lineOf = (report: string, begin: string): string[] =>
  cells(report.split('\n').find((line) => line.startsWith(`| ${begin} `)) ?? '')

test('tells the seed and what users saw in all, and during each kind of fault', () => {
  const report = formatSoak(result)
  expect(report).toContain(
    'Soak of 30 minutes, 3 faults, seed 42: 5 requests, 1 not answered as asked (5032: 1), of which 1 as a fault allows, 1 sent',
  )
  expect(report).toContain('3 reads that did not see')
  expect(lineOf(report, 'kill9')).toEqual(['kill9', '2', '3', '1', '50', '50', '90', '90'])
  expect(lineOf(report, 'frozen')).toEqual(['frozen', '1', '1', '0', '5', '5', '5', '5'])
  expect(lineOf(report, 'all, with').slice(0, 4)).toEqual(['all, with the time between', '3', '5', '1'])
  expect(report).toContain('Nothing was violated.')
})

test('tells how each process has stood it, and leaves out growth that cannot be told', () => {
  const report = formatSoak(result)
  expect(lineOf(report, 'backend1')).toEqual([
    'backend1',
    '1',
    '25',
    '120',
    '1.3',
    '4',
    '40',
    '-2',
    '0',
    '31',
  ])
  expect(lineOf(report, 'dialogue02')).toEqual(['dialogue02', '9', '–', '–', '–', '–', '–', '–', '–', '10'])
})

test('names all that was violated, and what was slow', () => {
  const report = formatSoak({ ...result, missed: ['one thing', 'another'], late: ['a slow one'] })
  expect(report).toContain(
    'Violated:\n\n- one thing\n- another\n\nSlower than where times count:\n\n- a slow one',
  )
  expect(report).not.toContain('Nothing was violated.')
})
