import { expect, test } from '@jest/globals'
import type { Topology, TopologyNode } from '../api/types.ts'
import { emptyHistory, rateOf, withLook } from './topology-history.ts'

const node = (id: string, fields: Partial<TopologyNode> = {}): TopologyNode => ({
  id,
  address: `${id}:8080`,
  instance: 'first',
  state: 'healthy',
  sinceMs: 0,
  listed: true,
  requests: 0,
  failures: 0,
  retries: 0,
  ...fields,
})
const look = (...nodes: TopologyNode[]): Topology => ({ object: 'topology', nodes, retryBudgetLeft: 100 })

/** Looks once a second, from 0 on. */
const lookAt = (...looks: Topology[]) =>
  looks.reduce((history, one, index) => withLook(history, one, index * 1_000), emptyHistory)
const happened = (...looks: Topology[]) =>
  lookAt(...looks).happenings.map(({ id: _, at: _at, ...happening }) => happening)

test('requests per second are what a node got since the last look', () => {
  const { nodes } = lookAt(look(node('a', { requests: 100 })), look(node('a', { requests: 130 })))
  expect(nodes.map(rateOf)).toEqual([30])
  const later = withLook(lookAt(look(node('a'))), look(node('a', { requests: 30 })), 2_000)
  expect(later.nodes.map(rateOf)).toEqual([15])
})

test('counters of another run of a node are not taken for requests', () => {
  const { nodes } = lookAt(
    look(node('a', { requests: 100 })),
    look(node('a', { requests: 3, instance: 'second' })),
  )
  expect(nodes.map(rateOf)).toEqual([0])
})

test('what is there at the first look has not just happened', () => {
  expect(happened(look(node('a', { state: 'ejected' })))).toEqual([])
})

test('ejections, failures and retries are told as they happen, latest first', () => {
  const before = look(node('a'), node('b'))
  const after = look(
    node('a', { state: 'ejected', why: 'no answer', failures: 2 }),
    node('b', { requests: 9, retries: 2 }),
  )
  expect(happened(before, after)).toEqual([
    { node: 'b', what: 'retries', count: 2 },
    { node: 'a', what: 'failures', count: 2 },
    { node: 'a', what: 'state', state: 'ejected', why: 'no answer' },
  ])
})

test('a node that goes is shown as gone, and comes back', () => {
  const both = look(node('a'), node('b'))
  const history = lookAt(both, look(node('a')))
  expect(history.nodes.map(({ node: { id }, isGone }) => [id, isGone])).toEqual([
    ['a', false],
    ['b', true],
  ])
  expect(happened(both, look(node('a')), look(node('a')), both)).toEqual([
    { node: 'b', what: 'joined' },
    { node: 'b', what: 'left' },
  ])
  expect(withLook(history, look(node('a')), 100_000).nodes).toHaveLength(1)
})

test('a node that was started anew says so, once', () => {
  const again = look(node('a', { instance: 'second' }))
  expect(happened(look(node('a')), again, again)).toEqual([{ node: 'a', what: 'restarted' }])
})

test('each happening has an id of its own', () => {
  const { happenings } = lookAt(look(), look(node('a'), node('b')), look(), look(node('a')))
  expect(new Set(happenings.map(({ id }) => id)).size).toBe(happenings.length)
})
