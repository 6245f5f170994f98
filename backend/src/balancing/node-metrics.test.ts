import { expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import { addMetrics } from '@roundtable/common/metrics'
import Fastify from 'fastify'
import { NodeList } from './node-list.ts'
import { nodeMetrics } from './node-metrics.ts'

const logger = createLogger('test').child({}, { level: 'silent' })
const node = (n: number, instance = `run-${n}`) => ({
  id: `dialogue0${n}`,
  host: `10.0.0.${n}`,
  port: 8080,
  instance,
})
const first = 'node="dialogue01",address="10.0.0.1:8080"'
const second = 'node="dialogue02",address="10.0.0.2:8080"'

function start() {
  let now = 1_000
  const nodes = new NodeList({ logger, initial: [], now: () => now })
  const app = Fastify()
  const dialogue = { retryBudgetLeft: 97, eligibleNodes: 1 }
  addMetrics(app, nodeMetrics({ nodes, dialogue, now: () => now }))
  return {
    nodes,
    passTime: (ms: number) => {
      now += ms
    },
    /** The lines about dialogue nodes, without explanations. */
    async lines(): Promise<string[]> {
      const { body } = await app.inject({ url: '/metrics' })
      return body.split('\n').filter((line) => line.startsWith('dialogue_'))
    },
  }
}

test('tells of each node its state and since when, and what was asked of it', async () => {
  const { nodes, passTime, lines } = start()
  nodes.apply([node(1), node(2)])
  const [listed] = nodes.nodes
  passTime(500)
  listed?.health.didNotAnswer(1_500, 'ECONNREFUSED', 0)
  if (listed) Object.assign(listed.counts, { requests: 7, failures: 2, retries: 1 })
  passTime(2_000)
  expect(await lines()).toEqual([
    `dialogue_node_state{${first},state="healthy"} 0`,
    `dialogue_node_state{${first},state="suspect"} 1`,
    `dialogue_node_state{${first},state="ejected"} 0`,
    `dialogue_node_state{${first},state="draining"} 0`,
    `dialogue_node_state{${second},state="healthy"} 1`,
    `dialogue_node_state{${second},state="suspect"} 0`,
    `dialogue_node_state{${second},state="ejected"} 0`,
    `dialogue_node_state{${second},state="draining"} 0`,
    `dialogue_node_state_seconds{${first}} 2`,
    `dialogue_node_state_seconds{${second}} 2.5`,
    `dialogue_node_requests_total{${first}} 7`,
    `dialogue_node_requests_total{${second}} 0`,
    `dialogue_node_failures_total{${first}} 2`,
    `dialogue_node_failures_total{${second}} 0`,
    `dialogue_node_retries_total{${first}} 1`,
    `dialogue_node_retries_total{${second}} 0`,
    'dialogue_eligible_nodes 1',
    'dialogue_retry_budget_left 97',
    'dialogue_registry_age_seconds 2.5',
  ])
})

test('tells nothing of a node that has left, and counts a new run at its address anew', async () => {
  const { nodes, lines } = start()
  nodes.apply([node(1), node(2)])
  for (const { counts } of nodes.nodes) counts.requests = 9
  expect((await lines()).filter((line) => line.includes(second))).not.toHaveLength(0)
  nodes.apply([node(1, 'another run')])
  const now = await lines()
  expect(now.filter((line) => line.includes('dialogue02'))).toEqual([])
  expect(now).toContain(`dialogue_node_requests_total{${first}} 0`)
})

test('tells no age of a registry that has not answered yet', async () => {
  const { lines } = start()
  expect(await lines()).toEqual(['dialogue_eligible_nodes 1', 'dialogue_retry_budget_left 97'])
})
