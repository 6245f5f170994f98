import { formatNumber, formatTable } from '../report/format-table.ts'
import type { LiveForm } from './live-system.ts'
import type { LiveFigures, SteadyResult } from './measure-live.ts'

/** What was measured of others on two cores of such a machine: Tinode with its database, Centrifugo in memory. */
interface Row {
  what: string
  figure: keyof LiveFigures
  unit: string
  digits: number
  tinode: string
  centrifugo: string
  /** At most so much, or at least where more is better. */
  goal: number | Record<LiveForm, number>
  isMoreBetter?: boolean
}

const rows: readonly Row[] = [
  {
    ...{ what: 'memory of an idle socket', figure: 'memoryPerSocket', unit: 'kB', digits: 1 },
    ...{ tinode: '32', centrifugo: '48', goal: 25 },
  },
  {
    ...{ what: 'CPU of all idle sockets', figure: 'idleCpu', unit: '%', digits: 1 },
    ...{ tinode: '0.2', centrifugo: '4.5', goal: 2 },
  },
  {
    ...{ what: 'a message to a chat of 200: the first sees it', figure: 'firstSight', unit: 'ms', digits: 1 },
    ...{ tinode: '4–6', centrifugo: '1.5', goal: 4 },
  },
  {
    ...{ what: 'the last sees it', figure: 'lastSight', unit: 'ms', digits: 1 },
    ...{ tinode: '6–10', centrifugo: '4–7', goal: 10 },
  },
  {
    ...{ what: '200 messages/s to 10 each: send to sight, p50', figure: 'steadyP50', unit: 'ms', digits: 1 },
    ...{ tinode: '1.8', centrifugo: '0.3', goal: { embedded: 1.8, servers: 3 } },
  },
  {
    ...{ what: 'the same, p99', figure: 'steadyP99', unit: 'ms', digits: 1 },
    ...{ tinode: '4.2', centrifugo: '0.6', goal: { embedded: 4.2, servers: 10 } },
  },
  {
    ...{ what: 'written through another backend: p50', figure: 'acrossP50', unit: 'ms', digits: 1 },
    ...{ tinode: '–', centrifugo: '–', goal: 3 },
  },
  {
    ...{ what: 'the same, p99', figure: 'acrossP99', unit: 'ms', digits: 1 },
    ...{ tinode: '–', centrifugo: '–', goal: 10 },
  },
  {
    ...{ what: 'CPU of backend and nodes a delivery', figure: 'cpuPerDelivery', unit: 'us', digits: 0 },
    ...{ tinode: '100 + 80 db', centrifugo: '28', goal: 100 },
  },
  {
    ...{ what: 'rate with p99 ≤ 50 ms', figure: 'comfortableRate', unit: '/s', digits: 0 },
    ...{ tinode: '1,300', centrifugo: '22,000, none stored', goal: 1_300, isMoreBetter: true },
  },
  {
    ...{
      what: '100 clients cut, 100 messages missed: all have them',
      figure: 'catchUp',
      unit: 'ms',
      digits: 0,
    },
    ...{ tinode: '100', centrifugo: '42', goal: 100 },
  },
  {
    ...{ what: 'backend killed amid 200 messages/s: lost', figure: 'lost', unit: '', digits: 0 },
    ...{ tinode: '0', centrifugo: 'all', goal: 0 },
  },
]

const titles: Record<LiveForm, string> = { embedded: 'embedded', servers: 'mongod, Kafka, Consul' }

/**
 * The figures beside those of others, as Markdown: a goal that was missed is marked.
 * @param least what the least of live servers in Node takes here
 */
export function formatLive(
  figures: ReadonlyMap<LiveForm, LiveFigures>,
  least: SteadyResult,
  sockets: number,
): string {
  const forms = [...figures.keys()]
  const head = ['what', 'Tinode', 'Centrifugo', 'goal', 'bare, here', ...forms.map((form) => titles[form])]
  const floors: Partial<LiveFigures> = {
    steadyP50: least.p50,
    steadyP99: least.p99,
    cpuPerDelivery: least.cpuPerDelivery,
  }
  const cells = rows.map((row) => [
    `${row.what}${row.unit === '' ? '' : `, ${row.unit}`}`,
    row.tinode,
    row.centrifugo,
    [...new Set(forms.map((form) => `${row.isMoreBetter ? '≥' : '≤'} ${goalOf(row, form)}`))].join(' / '),
    formatNumber(floors[row.figure] ?? Number.NaN, row.digits),
    ...[...figures].map(([form, one]) => cellOf(row, form, one)),
  ])
  const isLeft = [true, ...head.slice(1).map(() => false)]
  const store = figures.get('servers')?.storeCpuPerDelivery
  return [
    `${sockets.toLocaleString('en')} idle sockets on one backend; two backends, two nodes and the clients on the same cores. ` +
      'Bare: a program that sends what is posted to the sockets of a chat and does nothing else, with the same clients.',
    '',
    formatTable(head, cells, isLeft),
    ...(store === undefined ? [] : ['', `mongod spends ${formatNumber(store, 0)} us a delivery beside.`]),
  ].join('\n')
}

const goalOf = ({ goal }: Row, form: LiveForm): number => (typeof goal === 'number' ? goal : goal[form])

function cellOf(row: Row, form: LiveForm, figures: LiveFigures): string {
  const value = figures[row.figure]
  const goal = goalOf(row, form)
  const isReached = row.isMoreBetter ? value >= goal : value <= goal
  return `${formatNumber(value, row.digits)}${isReached ? '' : ' (missed)'}`
}
