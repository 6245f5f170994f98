import type { NodeList } from './node-list.ts'

/**
 * The nodes as this backend sees them, in words that a person understands.
 * @param now of the clock that the list goes by, in ms
 */
export function describeTopology(nodes: NodeList, retryBudgetLeft: number, now: number) {
  const { registryAnsweredAt } = nodes
  return {
    object: 'topology' as const,
    nodes: nodes.nodes.map((node) => {
      // An ejection that is over ends when someone looks.
      node.health.isEligible(now)
      const { kind, since, ...rest } = node.health.state
      return {
        id: node.id,
        address: node.key,
        instance: node.instance,
        state: kind,
        sinceMs: Math.round(now - since),
        ...('why' in rest ? { why: rest.why } : {}),
        listed: !nodes.isDoubted(node),
        ...node.counts,
      }
    }),
    retryBudgetLeft,
    ...(registryAnsweredAt === undefined ? {} : { registryAgeMs: Math.round(now - registryAnsweredAt) }),
  }
}
