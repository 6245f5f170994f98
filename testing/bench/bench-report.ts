import { cpus } from 'node:os'
import { formatNumber, formatTable } from '../report/format-table.ts'
import { busyChats, pageSize, quietChats, usualConnections } from './bench-sizes.ts'
import type { BenchResults } from './goals.ts'
import { judgeGoals } from './goals.ts'
import type { Measurement } from './measure-load.ts'

/** What was measured, as Markdown: first what was aimed at, then every figure. */
export function formatBench(
  results: BenchResults,
  how: { store: string; generator: string; rounds: number; seconds: number },
): string {
  const [cpu] = cpus()
  const goals = judgeGoals(results).map(({ what, goal, seen, isReached }) => [
    what,
    goal,
    seen,
    isReached ? 'reached' : 'MISSED',
  ])
  return [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), Node ${process.version}, ` +
      `${how.store}; load by ${how.generator} on the same cores, one after the other, ${how.rounds} rounds of ${how.seconds} s, medians.`,
    '',
    formatTable(['what', 'goal', 'seen', ''], goals, [true, false, false, true]),
    '',
    `### Reads of ${pageSize} messages, ${usualConnections} connections`,
    '',
    table('way', results.reads),
    '',
    `### Posts, ${usualConnections} connections, ${quietChats.toLocaleString('en-GB')} chats`,
    '',
    table('way', results.writes),
    '',
    `### Posts, ${usualConnections} connections, ${busyChats} chats`,
    '',
    table('way', results.contended),
    '',
    '### Through the backend, by connections',
    '',
    table(
      'reads',
      new Map([...results.readSweep].map(([connections, one]) => [`${connections} connections`, one])),
    ),
    '',
    table(
      'posts',
      new Map([...results.writeSweep].map(([connections, one]) => [`${connections} connections`, one])),
    ),
    '',
    '### Reads through the backend, by nodes',
    '',
    table('nodes', new Map([...results.byNodes].map(([nodes, one]) => [String(nodes), one]))),
    '',
    `### Memory, ${results.minutes} minutes of reads`,
    '',
    formatTable(
      ['part', 'before MiB', 'after MiB'],
      [...results.memory].map(([name, { before, after }]) => [
        name,
        formatNumber(before, 0),
        formatNumber(after, 0),
      ]),
      [true, false, false],
    ),
  ].join('\n')
}

function table(heading: string, rows: ReadonlyMap<string, Measurement>): string {
  const parts = [...new Set([...rows.values()].flatMap(({ cpuUs }) => Object.keys(cpuUs)))]
  return formatTable(
    [heading, 'requests/s', 'p50 ms', 'p99 ms', 'failed', ...parts.map((part) => `${part}, us CPU`)],
    [...rows].map(([name, one]) => [
      name,
      formatNumber(one.requestsPerS, 0),
      formatNumber(one.p50Ms, 2),
      formatNumber(one.p99Ms, 2),
      String(one.failed),
      ...parts.map((part) => formatNumber(one.cpuUs[part] ?? Number.NaN, 0)),
    ]),
    [true, ...Array.from({ length: 4 + parts.length }, () => false)],
  )
}
