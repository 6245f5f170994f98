import type { Figures } from '../history/figures.ts'
import { groupBy } from '../history/group-by.ts'
import type { Violation } from '../history/violation.ts'
import { formatNumber, formatTable } from './format-table.ts'
import { median } from './median.ts'

/** What one run of one fault came to. */
export interface RunResult {
  /** Its name, one word. */
  fault: string
  /** For the table. */
  title: string
  /** 1 for the first. */
  run: number
  figures: Figures
  violations: readonly Violation[]
  /** Reads that did not see what somebody's post had been acknowledged for. */
  staleAcrossUsers: number
  /** How long until the list of nodes was right again, in ms. */
  rightAfterMs?: number
  /** Figures of the fault's own, such as attempts per request. */
  notes: Readonly<Record<string, string | number>>
  /** Why this run missed its figure; empty when it passed. */
  missed: readonly string[]
}

/** Most violations told of one run: the first ones tell what is wrong. */
const mostTold = 5

const headings = [
  'fault',
  'runs',
  'requests',
  'failed',
  'lost, twice or out of order',
  'stale',
  'p50 ms',
  'p99 ms',
  'max ms',
  'list right after s',
  'verdict',
  'notes',
]
const isText = (column: string | undefined): boolean =>
  column === 'fault' || column === 'verdict' || column === 'notes'

/**
 * The results as Markdown: a line for each fault, and below what was missed and why.
 * Of the runs of a fault, requests are added up, what went wrong is that of the worst run, and times are medians.
 * 'stale' counts reads, first of their own users' messages (a violation), then of anybody's.
 */
export function formatReport(results: readonly RunResult[]): string {
  const byFault = groupBy(results, ({ fault }) => fault)
  const table = formatTable(headings, [...byFault.values()].map(formatRow), headings.map(isText))
  const missed = results.flatMap(formatMissed)
  const verdict = missed.length === 0 ? ['Every line keeps its figure.'] : ['Missed:', '', ...missed]
  return [table, '', ...verdict].join('\n')
}

function formatRow(runs: readonly RunResult[]): string[] {
  const worst = (count: (run: RunResult) => number): number => Math.max(...runs.map(count))
  const middle = (time: (run: RunResult) => number | undefined, digits: number, scale = 1): string =>
    formatNumber(median(runs.map(time).filter((ms) => ms !== undefined)) / scale, digits)
  const stale = (run: RunResult): number => run.violations.filter(({ kind }) => kind === 'stale').length
  const failing = runs.filter(({ missed }) => missed.length > 0).length
  return [
    runs[0]?.title ?? '',
    String(runs.length),
    String(runs.reduce((sum, { figures }) => sum + figures.requests, 0)),
    formatFailed(runs),
    String(worst((run) => run.violations.length - stale(run))),
    `${worst(stale)} / ${worst((run) => run.staleAcrossUsers)}`,
    middle(({ figures }) => figures.p50Ms, 1),
    middle(({ figures }) => figures.p99Ms, 0),
    middle(({ figures }) => figures.maxMs, 0),
    middle(({ rightAfterMs }) => rightAfterMs, 1, 1_000),
    failing === 0 ? 'pass' : `MISSED ${failing} of ${runs.length}`,
    formatNotes(runs),
  ]
}

/** Of the run in which most failed, with what they were answered. */
function formatFailed(runs: readonly RunResult[]): string {
  const [worst] = runs.toSorted((a, b) => b.figures.failed - a.figures.failed)
  if (worst === undefined || worst.figures.failed === 0) return '0'
  const codes = Object.entries(worst.figures.failedByCode).sort(([, a], [, b]) => b - a)
  return `${worst.figures.failed} (${codes.map(([code, count]) => `${code}: ${count}`).join(', ')})`
}

/** Numbers as their median; of words those of every run that differ. */
function formatNotes(runs: readonly RunResult[]): string {
  const names = new Set(runs.flatMap(({ notes }) => Object.keys(notes)))
  return [...names]
    .map((name) => {
      const values = runs.map(({ notes }) => notes[name]).filter((value) => value !== undefined)
      const numbers = values.filter((value) => typeof value === 'number')
      if (numbers.length === values.length) return `${name}: ${formatNumber(median(numbers), 2)}`
      return `${name}: ${[...new Set(values)].join(' · ')}`
    })
    .join('; ')
}

function formatMissed({ fault, run, missed, violations }: RunResult): string[] {
  const told = violations.slice(0, mostTold).map(({ kind, what }) => `  - ${kind}: ${what}`)
  const untold = violations.length - told.length
  return [
    ...missed.map((why) => `- ${fault}, run ${run}: ${why}`),
    ...told,
    ...(untold > 0 ? [`  - and ${untold} more`] : []),
  ]
}
