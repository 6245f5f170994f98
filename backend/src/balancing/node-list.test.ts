import { expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import { NodeList } from './node-list.ts'

const logger = createLogger('test').child({}, { level: 'silent' })
const node = (n: number, instance = `run-${n}`) => ({
  id: `dialogue0${n}`,
  host: `10.0.0.${n}`,
  port: 8080,
  instance,
})
const ids = (list: NodeList) => list.nodes.map((listed) => listed.id)

function listOf(...nodes: ReturnType<typeof node>[]) {
  const list = new NodeList({ logger, initial: [] })
  const removed: string[] = []
  list.onRemoved((gone) => removed.push(gone.id))
  list.apply(nodes)
  return { list, removed }
}

const guessed = (host: string) => ({ id: `${host}:8080`, host, port: 8080, instance: '' })

test('the first nodes that the registry knows replace those of DIALOG_HOSTS', () => {
  const list = new NodeList({ logger, initial: [guessed('localhost'), guessed('elsewhere')] })
  list.apply([node(1)])
  expect(ids(list)).toEqual(['dialogue01'])
})

test('also when it knew none at first', () => {
  const list = new NodeList({
    logger,
    initial: [guessed('localhost'), guessed('elsewhere'), guessed('10.0.0.1')],
  })
  const before = list.nodes[0]?.health
  list.apply([])
  expect(list.nodes).toHaveLength(3)
  list.apply([node(1), node(2)])
  expect(ids(list)).toEqual(['dialogue01', 'dialogue02'])
  expect(list.nodes[0]?.health).toBe(before)
  expect(list.nodes.some((listed) => list.isDoubted(listed))).toBe(false)
  list.apply([])
  expect(ids(list)).toEqual(['dialogue01', 'dialogue02'])
})

test('DIALOG_HOSTS serve until the registry answers, and keep their state when it names them', () => {
  const list = new NodeList({ logger, initial: [guessed('10.0.0.1'), guessed('10.0.0.2')] })
  expect(list.nodes.map((listed) => listed.key)).toEqual(['10.0.0.1:8080', '10.0.0.2:8080'])
  const before = list.nodes[0]?.health
  list.apply([node(1), node(2)])
  expect(ids(list)).toEqual(['dialogue01', 'dialogue02'])
  expect(list.nodes[0]?.health).toBe(before)
})

test('a node replaced at the same count is a change', () => {
  const { list, removed } = listOf(node(1), node(2))
  list.apply([node(1), node(3)])
  expect(ids(list)).toEqual(['dialogue01', 'dialogue03'])
  expect(removed).toEqual(['dialogue02'])
})

test('a new run at an old address starts with a clean state', () => {
  const { list, removed } = listOf(node(1), node(2))
  list.nodes[0]?.health.didNotAnswer(1, 'ECONNREFUSED', 0)
  list.apply([node(1, 'another run'), node(2)])
  expect(list.nodes[0]?.health.state.kind).toBe('healthy')
  expect(removed).toEqual(['dialogue01'])
})

test('all vanishing at once is doubted: they stay until their own probe fails', () => {
  const { list, removed } = listOf(node(1), node(2), node(3))
  list.apply([])
  expect(ids(list)).toEqual(['dialogue01', 'dialogue02', 'dialogue03'])
  expect(list.nodes.every((listed) => list.isDoubted(listed))).toBe(true)
  const [first] = list.nodes
  if (first) list.drop(first)
  expect(removed).toEqual(['dialogue01'])
  list.apply([node(2)])
  expect(ids(list)).toEqual(['dialogue02', 'dialogue03'])
  expect(list.nodes.map((listed) => list.isDoubted(listed))).toEqual([false, true])
})

test('half or fewer vanishing is believed at once', () => {
  const { list } = listOf(node(1), node(2))
  list.apply([node(1)])
  expect(ids(list)).toEqual(['dialogue01'])
})

test('of several at one address the listed one stays, else the first by id, in whatever order they are told', () => {
  const [stale, mine, late] = ['b-stale', 'c-mine', 'a-late'].map((id) => ({ ...node(1, id), id }))
  if (!stale || !mine || !late) throw new Error('there are three')
  for (const answer of [
    [stale, mine],
    [mine, stale],
  ]) {
    const { list } = listOf(...answer)
    expect(ids(list)).toEqual(['b-stale'])
    const health = list.nodes[0]?.health
    list.apply([late, ...answer])
    list.apply([...answer, late])
    expect(ids(list)).toEqual(['b-stale'])
    expect(list.nodes[0]?.health).toBe(health)
    list.apply([mine, late])
    expect(ids(list)).toEqual(['a-late'])
    expect(list.nodes[0]?.health).not.toBe(health)
  }
  const guesses = new NodeList({ logger, initial: [guessed('localhost'), guessed('localhost')] })
  expect(guesses.nodes).toHaveLength(1)
})

test('each change of state is one line in the log, and what changes nothing is none', () => {
  const lines: unknown[] = []
  const told = createLogger('test').child({}, { level: 'silent' })
  told.info = (what: object) => void lines.push({ level: 'info', ...what })
  told.warn = (what: object) => void lines.push({ level: 'warn', ...what })
  let now = 0
  const list = new NodeList({ logger: told, initial: [], now: () => now })
  list.apply([node(1)])
  const health = list.nodes[0]?.health
  lines.splice(0)
  for (let i = 0; i < 3; i++) health?.didNotAnswer(++now, 'ECONNREFUSED', 0)
  for (let i = 0; i < 3; i++) health?.probePassed(++now)
  for (let i = 0; i < 3; i++) health?.probeSaidDraining(++now)
  health?.probePassed(++now)
  for (let i = 0; i < 9; i++) health?.answeredWrongly(++now, 'answered 500', now)
  for (let i = 0; i < 3; i++) health?.isEligible(now + 10_000)
  const changed = { level: 'warn', node: 'dialogue01', address: '10.0.0.1:8080' }
  expect(lines).toEqual([
    { ...changed, state: 'suspect', why: 'ECONNREFUSED' },
    { ...changed, level: 'info', state: 'healthy' },
    { ...changed, state: 'draining', why: 'it is shutting down' },
    { ...changed, level: 'info', state: 'healthy' },
    { ...changed, state: 'ejected', why: 'answered 500' },
    { ...changed, level: 'info', state: 'healthy' },
  ])
})
