import { type Figures, summarize } from '../history/figures.ts'
import { groupBy } from '../history/group-by.ts'
import type { Operation } from '../history/history.ts'
import { formatNumber, formatTable } from '../report/format-table.ts'
import { median } from '../report/median.ts'
import type { Wear } from './process-wear.ts'

/** One fault of a soak. */
export interface Round {
  fault: string
  /** Of performance.now(), in ms. */
  from: number
  to: number
}

export interface SoakResult {
  seed: number
  minutes: number
  operations: readonly Operation[]
  /** How many of the requests failed as the fault under way allows. */
  allowedToFail: number
  rounds: readonly Round[]
  staleAcrossUsers: number
  wear: readonly Wear[]
  /** What was not as it must be; empty when all went well. */
  missed: readonly string[]
  /** What took longer than it may where times count. */
  late: readonly string[]
}

/** The figures of a soak as Markdown: what users saw during each fault, and how the processes have stood it. */
export function formatSoak(result: SoakResult): string {
  const { seed, minutes, operations, allowedToFail, rounds, staleAcrossUsers, wear, missed, late } = result
  const all = summarize(operations)
  const lines = [
    `Soak of ${formatNumber(minutes, 1)} minutes, ${rounds.length} faults, seed ${seed}: ${all.requests} requests, ` +
      `${all.failed} not answered as asked${formatCodes(all)}, of which ${allowedToFail} as a fault allows, ` +
      `${all.repeated} sent again by their clients, ` +
      `${staleAcrossUsers} reads that did not see what somebody had just written.`,
    '',
    formatRounds(operations, rounds, all),
    '',
    formatWear(wear),
    '',
    ...(missed.length === 0
      ? ['Nothing was violated.']
      : ['Violated:', '', ...missed.map((why) => `- ${why}`)]),
    ...(late.length === 0
      ? []
      : ['', 'Slower than where times count:', '', ...late.map((why) => `- ${why}`)]),
  ]
  return lines.join('\n')
}

function formatRounds(operations: readonly Operation[], rounds: readonly Round[], all: Figures): string {
  const rows = [...groupBy(rounds, ({ fault }) => fault)].map(([fault, ofFault]) =>
    formatFault(
      fault,
      ofFault.map((round) => summarize(operations, round)),
    ),
  )
  const head = ['fault', 'times', 'requests', 'failed', 'p50 ms', 'p99 ms', 'max ms', 'longest gap ms']
  const total = formatFault('all, with the time between', [all]).with(1, String(rounds.length))
  return formatTable(head, [...rows, total], [true])
}

/** Counts added up, times in the middle, the longest the longest. */
function formatFault(fault: string, figures: readonly Figures[]): string[] {
  const sum = (count: (one: Figures) => number): string =>
    String(figures.reduce((total, one) => total + count(one), 0))
  const middle = (time: (one: Figures) => number): number =>
    median(figures.map(time).filter((ms) => !Number.isNaN(ms)))
  const longest = (time: (one: Figures) => number): string =>
    formatNumber(Math.max(0, ...figures.map(time).filter((ms) => !Number.isNaN(ms))), 0)
  return [
    fault,
    String(figures.length),
    sum(({ requests }) => requests),
    sum(({ failed }) => failed),
    formatNumber(
      middle(({ p50Ms }) => p50Ms),
      1,
    ),
    formatNumber(
      middle(({ p99Ms }) => p99Ms),
      0,
    ),
    longest(({ maxMs }) => maxMs),
    longest(({ longestGapMs }) => longestGapMs),
  ]
}

function formatWear(wear: readonly Wear[]): string {
  const head = [
    'process',
    'lives',
    'longest, watched min',
    'resident MiB',
    'grown MiB',
    'MiB per hour',
    'open files',
    'grown',
    'files per hour',
    'busy %',
  ]
  const rows = wear.map(({ name, lives, growth, busy }) => [
    name,
    String(lives),
    formatNumber((growth?.overMs ?? Number.NaN) / 60_000, 1),
    ...[growth?.residentMiB, growth?.grownMiB, growth?.mibPerHour].map(formatFigure),
    ...[growth?.openFiles, growth?.grownFiles, growth?.filesPerHour].map(formatFigure),
    formatNumber(busy * 100, 0),
  ])
  return formatTable(head, rows, [true])
}

const formatFigure = (value = Number.NaN): string => formatNumber(value, 1)

function formatCodes({ failedByCode }: Figures): string {
  const codes = Object.entries(failedByCode).map(([code, count]) => `${code}: ${count}`)
  return codes.length === 0 ? '' : ` (${codes.join(', ')})`
}
