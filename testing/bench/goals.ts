import { connectionCounts, nodeCounts, pageSize, usualConnections } from './bench-sizes.ts'
import type { Measurement } from './measure-load.ts'

/** A figure that was aimed at, and what was seen. */
export interface Goal {
  what: string
  goal: string
  seen: string
  isReached: boolean
}

export interface BenchResults {
  /** Reads at the usual number of connections, by way. */
  reads: ReadonlyMap<string, Measurement>
  /** Posts at the usual number of connections, by way: into quiet chats, and into busy ones. */
  writes: ReadonlyMap<string, Measurement>
  contended: ReadonlyMap<string, Measurement>
  /** Through our backend, by number of connections. */
  readSweep: ReadonlyMap<number, Measurement>
  writeSweep: ReadonlyMap<number, Measurement>
  /** Reads through our backend, by number of nodes. */
  byNodes: ReadonlyMap<number, Measurement>
  /** Resident memory in MiB, by part, before and after the long run. */
  memory: ReadonlyMap<string, { before: number; after: number }>
  minutes: number
}

/** Names of the ways that are compared, and of the floor of a node. */
export const directName = 'straight to one node'
export const backendName = 'Roundtable backend'
export const bareNodeName = 'a bare node in Node'

const listed = (counts: readonly number[]) => new Intl.ListFormat('en-GB').format(counts.map(String))

const leastRatio = 0.85
const mostMemoryMiB = 120

/** Ratios of one run, and CPU time a request: what another machine can be expected to show too. */
export function judgeGoals(results: BenchResults): Goal[] {
  const { reads, writes, readSweep, writeSweep, byNodes, memory } = results
  const ratio = (by: ReadonlyMap<string, Measurement>) =>
    (by.get(backendName)?.requestsPerS ?? Number.NaN) / (by.get(directName)?.requestsPerS ?? Number.NaN)
  const cpu = (one: Measurement | undefined, part: string) => one?.cpuUs[part] ?? Number.NaN
  const sweeps = [...readSweep.values(), ...writeSweep.values()]
  const failed = sweeps.reduce((sum, one) => sum + one.failed, 0)
  const spread = (one: Measurement | undefined) => (one?.p99Ms ?? Number.NaN) / (one?.p50Ms ?? Number.NaN)
  const perNodes = [...byNodes.values()].map((one) => cpu(one, 'backend') + cpu(one, 'nodes'))
  const drift = Math.max(...perNodes) / Math.min(...perNodes) - 1
  const largest = Math.max(...[...memory.values()].map(({ after }) => after))

  const atLeast = (what: string, goal: number, seen: number): Goal => ({
    what,
    goal: `≥ ${goal}`,
    seen: seen.toFixed(2),
    isReached: seen >= goal,
  })
  const atMost = (what: string, goal: number, seen: number, unit: string, digits = 0): Goal => ({
    what,
    goal: `≤ ${goal} ${unit}`.trim(),
    seen: `${seen.toFixed(digits)} ${unit}`.trim(),
    isReached: seen <= goal,
  })
  return [
    atLeast('reads through the backend / straight to one node', leastRatio, ratio(reads)),
    atMost('CPU of the backend a read', 60, cpu(reads.get(backendName), 'backend'), 'us'),
    atMost(`CPU of a node a read of ${pageSize} messages`, 150, cpu(reads.get(directName), 'nodes'), 'us'),
    atLeast('posts through the backend / straight to one node', leastRatio, ratio(writes)),
    atMost('CPU of a node a post', 300, cpu(writes.get(backendName), 'nodes'), 'us'),
    atMost(`failures at ${listed(connectionCounts)} connections`, 0, failed, ''),
    atMost(
      `p99 / p50 of reads at ${usualConnections} connections`,
      3,
      spread(readSweep.get(usualConnections)),
      '',
      2,
    ),
    atMost(
      `p99 / p50 of posts at ${usualConnections} connections`,
      3,
      spread(writeSweep.get(usualConnections)),
      '',
      2,
    ),
    atMost(
      `memory of backend and nodes after ${results.minutes} minutes of reads`,
      mostMemoryMiB,
      largest,
      'MiB',
    ),
    atMost(
      `CPU a request with ${listed(nodeCounts)} nodes: the most over the least`,
      10,
      drift * 100,
      '%',
      1,
    ),
  ]
}
