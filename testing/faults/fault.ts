import type { Constellation } from '../constellation/start-constellation.ts'
import type { RunningService } from '../constellation/start-service.ts'
import type { Operation } from '../history/history.ts'
import type { WorkingCrowd } from '../load/run-under-load.ts'
import type { ToldNode } from '../load/told-node.ts'
import type { FaultProxy } from '../servers/fault-proxy.ts'
import type { Servers } from './start-servers.ts'

/** What a fault may use to break the system, and to tell when it is whole again. */
export interface Arena extends WorkingCrowd {
  readonly system: Constellation
  readonly servers: Servers
  /** How long a fault is to last, in ms: the long setting and the short one differ. */
  readonly holdMs: number
  /** Longer runs do more of it. */
  readonly isLong: boolean
  /** Lets the load run on for so long. */
  pass(ms: number): Promise<void>
  /** Waits for so many more good answers. */
  moreAnswers(count: number): Promise<void>
  node(id: string): RunningService
  proxy(id: string): FaultProxy
  /** Starts a node again where it was. */
  restart(id: string): Promise<void>
  /** Notes the time since `from` (of performance.now()) as that until all was right. */
  right(from: number): void
  /** Waits until every backend has exactly these nodes in its list, all healthy: then all is right, `from` now on. */
  untilListIs(ids: readonly string[], from?: number): Promise<void>
  /** The nodes as one backend tells them. */
  topology(backend: number): Promise<ToldNode[]>
  /** A figure of this fault's own, shown beside its line. */
  note(name: string, value: string | number): void
  /** Something is not as it must be: the run has failed. */
  miss(why: string): void
  /** Something took longer than it may: the run has failed where times count. */
  late(why: string): void
}

/** Proxies cost, so they stand only where a fault needs them. */
export type Proxied = 'nothing' | 'nodes' | 'mongo'

/** One way to break the system, and what its users may see of it. */
export interface Fault {
  /** For FAULT=…, one word. */
  readonly name: string
  /** For the table. */
  readonly title: string
  /** What must be behind proxies that can break the network; nothing by default. */
  readonly proxied?: Proxied
  /** Whether it may be picked for a soak: it leaves the system as it found it and keeps a node alive. */
  readonly soak?: boolean
  /** Requests that may fail; none by default. */
  mayFail?(operation: Operation): boolean
  /** Highest p99 of the answered, in ms. */
  readonly p99Ms?: number
  /** Longest time until the list of nodes is right again, in ms. */
  readonly rightWithinMs?: number
  /** Breaks, waits, mends, and waits until all is well. */
  run(arena: Arena): Promise<void>
}

/** All nodes of the constellation, as they are between faults. */
export const allNodes = ['dialogue01', 'dialogue02', 'dialogue03'] as const
