/**
 * `make bench`: how fast reads and posts are straight to a node, through nginx, HAProxy and our backend, in one run.
 * ROUNDS=3, SECONDS=8 each, MINUTES=1 of reads for the memory; the tables and charts go into docs/performance.md unless
 * DRAW=false.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { endBySignal } from '../faults/end-by-signal.ts'
import { readNumber } from '../faults/read-number.ts'
import { repositoryRoot } from '../servers/repository-root.ts'
import { takeSample } from '../soak/process-sampler.ts'
import { drawBars } from './bar-chart.ts'
import { formatBench } from './bench-report.ts'
import { connectionCounts, nodeCounts, pageSize, usualConnections } from './bench-sizes.ts'
import { type BenchSystem, type ReadWay, startBenchSystem } from './bench-system.ts'
import { generateLoad, loadGenerator } from './generate-load.ts'
import { type BenchResults, backendName } from './goals.ts'
import type { LoadPlan } from './load-plan.ts'
import { type Measurement, measureLoad, medianMeasurement } from './measure-load.ts'
import { replaceBetween } from './replace-between.ts'

endBySignal()
const rounds = readNumber('ROUNDS', 3)
const seconds = readNumber('SECONDS', 8)
const minutes = readNumber('MINUTES', 1)
const mib = 1024 * 1024
const charts = [
  '![reads a second, by way](performance/reads.svg)',
  '![CPU time a read of whatever stands before the nodes](performance/cpu.svg)',
].join('\n\n')

const say = (line: string): void => void process.stderr.write(`${line}\n`)

say('starting the store, the registry, two nodes, the backend and the proxies')
const system = await startBenchSystem()
try {
  await warmUp(system)
  const reads = await inTurn('reads', system.ways, ({ reads }) => reads)
  const ours = [system.direct, system.backend]
  const writes = await inTurn('posts', ours, ({ writes }) => writes)
  const contended = await inTurn('posts into few chats', ours, ({ contendedWrites }) => contendedWrites)
  const readSweep = await byConnections('reads', system.backend.reads)
  const writeSweep = await byConnections('posts', system.backend.writes)
  const memory = await watchMemory()
  const byNodes = await byNumberOfNodes()
  const results = { reads, writes, contended, readSweep, writeSweep, byNodes, memory, minutes }
  const report = formatBench(results, { store: system.store, generator: loadGenerator, rounds, seconds })
  process.stdout.write(`\n${report}\n`)
  if (process.env.DRAW !== 'false') await draw(report, results)
} finally {
  await system.close()
}

/** A program just started is many times slower than it will be. */
async function warmUp({ ways, direct, backend }: BenchSystem): Promise<void> {
  say('warming up')
  const plans = [...ways.map(({ reads }) => reads), direct.writes, backend.writes]
  for (const plan of plans) await generateLoad(plan, { connections: usualConnections, seconds: 4 })
}

async function measure(what: string, plan: LoadPlan, connections: number): Promise<Measurement> {
  const parts = system.ways.find((way) => Object.values(way).includes(plan))?.parts ?? []
  const one = await measureLoad(plan, { connections, seconds }, parts)
  const cpu = Object.entries(one.cpuUs).map(([name, us]) => `${name} ${us.toFixed(0)}`)
  say(
    `${what}: ${one.requestsPerS.toFixed(0)}/s, p50 ${one.p50Ms.toFixed(2)} ms, p99 ${one.p99Ms.toFixed(2)} ms, ` +
      `${one.failed} failed, us CPU: ${cpu.join(', ')}`,
  )
  return one
}

/** One way after the other, round by round, so that whatever else the machine does meets all of them alike. */
async function inTurn<W extends ReadWay>(
  what: string,
  ways: readonly W[],
  planOf: (way: W) => LoadPlan,
): Promise<Map<string, Measurement>> {
  const seen = new Map<string, Measurement[]>(ways.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round++) {
    // There and back: a machine that slows down meets the last no more than the first.
    for (const way of round % 2 === 0 ? [...ways].reverse() : ways) {
      seen
        .get(way.name)
        ?.push(await measure(`${what} ${round}/${rounds}, ${way.name}`, planOf(way), usualConnections))
    }
  }
  return new Map([...seen].map(([name, all]) => [name, medianMeasurement(all)]))
}

async function byConnections(what: string, plan: LoadPlan): Promise<Map<number, Measurement>> {
  const seen = new Map<number, Measurement>()
  for (const connections of connectionCounts) {
    seen.set(connections, await measure(`${what}, ${connections} connections`, plan, connections))
  }
  return seen
}

async function byNumberOfNodes(): Promise<Map<number, Measurement>> {
  const seen = new Map<number, Measurement[]>()
  for (let round = 1; round <= rounds; round++) {
    for (const count of nodeCounts) {
      say(`reads ${round}/${rounds}, ${count} nodes`)
      await system.useNodes(count)
      const plan = system.backend.reads
      await generateLoad(plan, { connections: usualConnections, seconds: 2 })
      const one = await measureLoad(plan, { connections: usualConnections, seconds }, system.ownParts())
      seen.set(count, [...(seen.get(count) ?? []), one])
    }
  }
  return new Map([...seen].map(([count, all]) => [count, medianMeasurement(all)]))
}

async function watchMemory(): Promise<BenchResults['memory']> {
  const parts = system.ownParts().filter(({ name }) => name !== 'mongod')
  const sizes = () => Promise.all(parts.map(async ({ pid }) => (await takeSample(pid))?.residentBytes ?? NaN))
  const before = await sizes()
  for (let minute = 1; minute <= minutes; minute++) {
    await generateLoad(system.backend.reads, { connections: usualConnections, seconds: 60 })
    say(
      `memory after ${minute} of ${minutes} minutes: ${(await sizes()).map((size) => Math.round(size / mib))} MiB`,
    )
  }
  const after = await sizes()
  return new Map(
    parts.map(({ name }, i) => [
      `${name} ${i + 1}`,
      { before: (before[i] ?? NaN) / mib, after: (after[i] ?? NaN) / mib },
    ]),
  )
}

async function draw(report: string, { reads }: BenchResults): Promise<void> {
  const folder = join(repositoryRoot, 'docs', 'performance')
  await mkdir(folder, { recursive: true })
  const bars = (value: (one: Measurement) => number) =>
    [...reads].map(([label, one]) => ({ label, value: value(one), isOurs: label === backendName }))
  const rates = drawBars(
    `Reads of ${pageSize} messages, ${usualConnections} connections`,
    'requests/s',
    bars(({ requestsPerS }) => requestsPerS),
  )
  const cpu = drawBars(
    'CPU a read of whatever stands before the nodes',
    'us',
    bars(({ cpuUs }) => cpuUs.proxy ?? cpuUs.backend ?? 0),
  )
  await writeFile(join(folder, 'reads.svg'), rates)
  await writeFile(join(folder, 'cpu.svg'), cpu)
  const file = join(repositoryRoot, 'docs', 'performance.md')
  const document = await readFile(file, 'utf8')
  const drawn = `${charts}\n\n${report}`
  await writeFile(file, replaceBetween(document, '<!-- bench -->', '<!-- /bench -->', drawn))
  say(`drawn into ${file}`)
}
