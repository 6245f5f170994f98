import { expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import { NodeList } from './node-list.ts'
import { describeTopology } from './topology.ts'

const logger = createLogger('test').child({}, { level: 'silent' })
const node = (n: number) => ({ id: `dialogue0${n}`, host: `10.0.0.${n}`, port: 8080, instance: `run-${n}` })

test('tells the state of each node, since when and why, and what was asked of it', () => {
  let now = 1_000
  const nodes = new NodeList({ logger, initial: [], now: () => now })
  expect(describeTopology(nodes, 100, now)).toEqual({ object: 'topology', nodes: [], retryBudgetLeft: 100 })

  nodes.apply([node(1), node(2)])
  const [first, second] = nodes.nodes
  if (!first || !second) throw new Error('two nodes were listed')
  now = 2_000
  first.health.didNotAnswer(now, 'ECONNREFUSED', 0)
  first.counts.requests++
  first.counts.failures++
  second.health.probeSaidDraining(now)
  now = 2_500
  expect(describeTopology(nodes, 99, now)).toMatchObject({
    nodes: [
      {
        id: 'dialogue01',
        address: '10.0.0.1:8080',
        instance: 'run-1',
        state: 'suspect',
        sinceMs: 500,
        why: 'ECONNREFUSED',
        listed: true,
        requests: 1,
        failures: 1,
        retries: 0,
      },
      { id: 'dialogue02', state: 'draining', why: 'it is shutting down', requests: 0 },
    ],
    retryBudgetLeft: 99,
    registryAgeMs: 1_500,
  })
})

test('an ejection that is over is told as over, and doubted nodes as no longer listed', () => {
  let now = 0
  const nodes = new NodeList({ logger, initial: [], now: () => now })
  nodes.apply([node(1)])
  for (let i = 0; i < 5; i++) nodes.nodes[0]?.health.answeredWrongly(now, 'answered 500', now)
  expect(describeTopology(nodes, 100, now).nodes[0]).toMatchObject({ state: 'ejected', why: 'answered 500' })
  now = 1_000
  nodes.apply([])
  expect(describeTopology(nodes, 100, now).nodes[0]).toMatchObject({
    state: 'healthy',
    sinceMs: 0,
    listed: false,
  })
})
