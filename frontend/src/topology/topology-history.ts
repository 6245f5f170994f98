import type { Topology, TopologyNode } from '../api/types.ts'

/** How many requests per second a node got, as of a time in ms. */
export interface Rate {
  at: number
  perSecond: number
}

/** A node as it was last seen, and how it has done. */
export interface NodeHistory {
  node: TopologyNode
  /** It is not listed any more. */
  isGone: boolean
  /** When it was last listed, in ms. */
  seenAt: number
  /** Oldest first. */
  rates: readonly Rate[]
}

type Change = { node: string } & (
  | { what: 'joined' | 'left' | 'restarted' }
  | { what: 'state'; state: TopologyNode['state']; why: string }
  | { what: 'retries' | 'failures'; count: number }
)

/** Something that happened to a node between two looks. */
export type Happening = Change & { id: number; at: number }

/** What was seen of the nodes so far. */
export interface TopologyHistory {
  /** By id. */
  nodes: readonly NodeHistory[]
  /** Latest first. */
  happenings: readonly Happening[]
  latest: Topology | undefined
}

/** So long the chart looks back. */
export const windowMs = 120_000
/** A node that is gone is shown for so long. */
const goneMs = 60_000
const maxHappenings = 100

export const emptyHistory: TopologyHistory = { nodes: [], happenings: [], latest: undefined }

/**
 * The history with one look more. Rates are differences of counters: a counter that went back belongs to another run
 * of the node or another backend, and tells nothing.
 * @param at when the answer came, in ms
 */
export function withLook(history: TopologyHistory, topology: Topology, at: number): TopologyHistory {
  const known = new Map(history.nodes.map((one) => [one.node.id, one]))
  const isFirst = history.latest === undefined
  const told: Change[] = []
  const listed = topology.nodes.map((node): NodeHistory => {
    const before = known.get(node.id)
    known.delete(node.id)
    if (!isFirst) told.push(...changesOf(before, node))
    return { node, isGone: false, seenAt: at, rates: ratesAfter(before, node, at) }
  })
  const gone = [...known.values()].flatMap((one): NodeHistory[] => {
    if (!one.isGone) told.push({ node: one.node.id, what: 'left' })
    const rates = recent([...one.rates, { at, perSecond: 0 }], at)
    return at - one.seenAt > goneMs ? [] : [{ ...one, isGone: true, rates }]
  })
  const lastId = history.happenings[0]?.id ?? 0
  const fresh = told.map((one, index): Happening => ({ ...one, id: lastId + index + 1, at })).reverse()
  return {
    nodes: [...listed, ...gone].sort((a, b) => a.node.id.localeCompare(b.node.id)),
    happenings: [...fresh, ...history.happenings].slice(0, maxHappenings),
    latest: topology,
  }
}

/** The rate of a node at the last look. */
export function rateOf({ rates, isGone }: NodeHistory): number {
  return isGone ? 0 : (rates.at(-1)?.perSecond ?? 0)
}

function changesOf(before: NodeHistory | undefined, now: TopologyNode): Change[] {
  const node = now.id
  if (!before || before.isGone) return [{ node, what: 'joined' }]
  const { node: old } = before
  const isSameRun = old.instance === now.instance
  const retries = now.retries - old.retries
  const failures = now.failures - old.failures
  return [
    ...(isSameRun ? [] : [{ node, what: 'restarted' } as const]),
    ...(old.state === now.state
      ? []
      : [{ node, what: 'state', state: now.state, why: now.why ?? '' } as const]),
    ...(isSameRun && failures > 0 ? [{ node, what: 'failures', count: failures } as const] : []),
    ...(isSameRun && retries > 0 ? [{ node, what: 'retries', count: retries } as const] : []),
  ]
}

function ratesAfter(before: NodeHistory | undefined, node: TopologyNode, at: number): Rate[] {
  const rates = before?.rates ?? []
  const seconds = before ? (at - before.seenAt) / 1000 : 0
  const requests = before ? node.requests - before.node.requests : 0
  if (!before || before.isGone || seconds <= 0 || requests < 0)
    return recent([...rates, { at, perSecond: 0 }], at)
  return recent([...rates, { at, perSecond: requests / seconds }], at)
}

function recent(rates: readonly Rate[], at: number): Rate[] {
  return rates.filter((rate) => at - rate.at <= windowMs)
}
