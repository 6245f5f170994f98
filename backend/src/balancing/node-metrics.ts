import type { Metric } from '@roundtable/common/metrics'
import type { DialogueClient } from './dialogue-client.ts'
import type { HealthState } from './node-health.ts'
import type { NodeList } from './node-list.ts'
import { describeTopology } from './topology.ts'

const states: readonly HealthState['kind'][] = ['healthy', 'suspect', 'ejected', 'draining']

type DescribedNode = ReturnType<typeof describeTopology>['nodes'][number]

export interface NodeMetricsOptions {
  nodes: NodeList
  dialogue: Pick<DialogueClient, 'retryBudgetLeft' | 'eligibleNodes'>
  /** Of the clock that the list goes by, in ms. */
  now?: () => number
}

/** What GET /v1/topology tells, as metrics: of the nodes listed at that moment, so that none is kept of those gone. */
export function nodeMetrics(options: NodeMetricsOptions): Metric[] {
  const { nodes, dialogue, now = () => performance.now() } = options
  const topology = () => describeTopology(nodes, dialogue.retryBudgetLeft, now())
  const labelsOf = ({ id, address }: DescribedNode) => ({ node: id, address })

  const ofEachNode = (
    kind: Metric['kind'],
    name: string,
    help: string,
    value: (node: DescribedNode) => number,
  ): Metric => ({
    name,
    help,
    kind,
    labelNames: ['node', 'address'],
    read: () => topology().nodes.map((node) => ({ labels: labelsOf(node), value: value(node) })),
  })
  const ofThisBackend = (name: string, help: string, value: () => number | undefined): Metric => ({
    name,
    help,
    kind: 'gauge',
    labelNames: [],
    read: () => [value()].flatMap((known) => (known === undefined ? [] : [{ labels: {}, value: known }])),
  })

  return [
    {
      name: 'dialogue_node_state',
      help: '1 for the state that the node is in, 0 for the others',
      kind: 'gauge',
      labelNames: ['node', 'address', 'state'],
      read: () =>
        topology().nodes.flatMap((node) =>
          states.map((state) => ({
            labels: { ...labelsOf(node), state },
            value: Number(node.state === state),
          })),
        ),
    },
    ofEachNode(
      'gauge',
      'dialogue_node_state_seconds',
      'how long it has been in this state',
      (node) => node.sinceMs / 1_000,
    ),
    ofEachNode(
      'counter',
      'dialogue_node_requests_total',
      'attempts since it joined the list',
      (node) => node.requests,
    ),
    ofEachNode(
      'counter',
      'dialogue_node_failures_total',
      'attempts that it did not answer, or wrongly',
      (node) => node.failures,
    ),
    ofEachNode(
      'counter',
      'dialogue_node_retries_total',
      'attempts that had failed on another node before',
      (node) => node.retries,
    ),
    ofThisBackend('dialogue_eligible_nodes', 'nodes that a request may go to', () => dialogue.eligibleNodes),
    ofThisBackend(
      'dialogue_retry_budget_left',
      'retries of sent requests that may be made at once',
      () => dialogue.retryBudgetLeft,
    ),
    ofThisBackend(
      'dialogue_registry_age_seconds',
      'since the registry last answered; not there before it has',
      () => {
        const { registryAgeMs } = topology()
        return registryAgeMs === undefined ? undefined : registryAgeMs / 1_000
      },
    ),
  ]
}
