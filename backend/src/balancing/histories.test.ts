import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from '@jest/globals'
import type { ServiceInstance } from '@roundtable/common/consul/service-instance'
import { createLogger } from '@roundtable/common/logger'
import fc from 'fast-check'
import { type NodeKey, nodeKey } from './dialogue-node.ts'
import type { NodeHealth } from './node-health.ts'
import { type ListedNode, NodeList } from './node-list.ts'
import { RetryBudget } from './retry-budget.ts'
import { RoundRobin } from './round-robin.ts'

const logger = createLogger('test').child({}, { level: 'silent' })

// What may happen. Requests and probes end when they like: late, and for nodes that have left meanwhile.

const addresses = [
  { host: '10.0.0.1', port: 8080 },
  { host: '10.0.0.1', port: 9080 },
  { host: '10.0.0.2', port: 8080 },
  { host: '10.0.0.10', port: 8080 },
  { host: 'dialogue05', port: 8080 },
  { host: 'dialogue06', port: 8080 },
]
const instanceAt = (address: { host: string; port: number }, run: string): ServiceInstance => ({
  ...address,
  id: `${address.host}-${run}`,
  instance: run,
})
const anyInstance = fc
  .tuple(fc.constantFrom(...addresses), fc.constantFrom('run1', 'run2', ''))
  .map(([address, run]) => instanceAt(address, run))
const registryAnswer = fc.oneof(
  { weight: 4, arbitrary: fc.subarray(addresses).map((some) => some.map((at) => instanceAt(at, 'run1'))) },
  { weight: 2, arbitrary: fc.array(anyInstance, { maxLength: 9 }) },
  { weight: 1, arbitrary: fc.constant<ServiceInstance[]>([]) },
)
const which = fc.nat(9)
const answerArbitrary = fc.record({ kind: fc.constant('registry answers'), instances: registryAnswer })
const burstArbitrary = fc.record({ kind: fc.constant('burst'), requests: fc.integer({ min: 1, max: 40 }) })
const timeArbitrary = fc.record({
  kind: fc.constant('time passes'),
  ms: fc.oneof(fc.nat(2_000), fc.nat(40_000)),
})
const event = fc.oneof(
  { weight: 2, arbitrary: answerArbitrary },
  { weight: 4, arbitrary: burstArbitrary },
  { weight: 2, arbitrary: timeArbitrary },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ejection ends'), earlyMs: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('request starts') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('request ends'),
      which,
      how: fc.constantFrom('well', 'excused', 'wrongly', 'silent'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('probe starts'), which }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('probe ends'),
      which,
      said: fc.constantFrom('ok', 'draining', 'nothing'),
    }),
  },
)
const history = fc.record({
  /** DIALOG_HOSTS */
  initial: fc.array(fc.constantFrom(...addresses).map((address) => instanceAt(address, ''))),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  /** Those who answer wrongly in a burst, while the others answer well. */
  faulty: fc.subarray(addresses).map((some) => some.map(nodeKey)),
  events: fc.array(event, { minLength: 1, maxLength: 60, size: 'medium' }),
})
type History = typeof history extends fc.Arbitrary<infer T> ? T : never
type Event = History['events'][number]

/** Too rare to be met by chance: the request that was to decide on a node ends while that node drains. */
const drainedOnTrial: History = {
  initial: addresses.slice(0, 2).map((address) => instanceAt(address, '')),
  random: 0,
  faulty: addresses.slice(0, 1).map(nodeKey),
  events: [
    { kind: 'burst', requests: 20 },
    { kind: 'ejection ends', earlyMs: 0 },
    { kind: 'request starts' },
    { kind: 'request starts' },
    { kind: 'registry answers', instances: [] },
    { kind: 'probe starts', which: 0 },
    {
      kind: 'registry answers',
      instances: addresses.slice(0, 2).map((address) => instanceAt(address, 'run1')),
    },
    { kind: 'probe ends', which: 0, said: 'draining' },
    { kind: 'request ends', which: 0, how: 'silent' },
    { kind: 'request ends', which: 0, how: 'silent' },
    { kind: 'probe starts', which: 0 },
    { kind: 'probe ends', which: 0, said: 'ok' },
    { kind: 'burst', requests: 4 },
  ],
}

/** What a node's own history allows; of its state only the length of an ejection is looked at. */
interface Expected {
  awaitsProbe: boolean
  ejectedAt: number
  ejectedUntil: number | undefined
  /** Since it came back from an ejection it has not answered well. */
  onTrial: boolean
  trialRuns: boolean
}

/** The pure core as DialogueClient and Prober drive it, beside what is to be expected of it. */
function startCore({ initial, random, faulty }: Omit<History, 'events'>) {
  let now = 0
  const list = new NodeList({ logger, initial, now: () => now })
  const turn = new RoundRobin(() => random)
  const removed: ListedNode[] = []
  list.onRemoved((node) => removed.push(node))
  const answeredWellAt = new Map<NodeKey, number>()
  const expectations = new WeakMap<NodeHealth, Expected>()
  const requests: ListedNode[] = []
  const probes: ListedNode[] = []
  let lastAnswer: readonly ServiceInstance[] | undefined

  function expectedOf({ health }: ListedNode): Expected {
    const known = expectations.get(health)
    if (known) return known
    const fresh = {
      awaitsProbe: false,
      ejectedAt: Number.NEGATIVE_INFINITY,
      ejectedUntil: undefined,
      onTrial: false,
      trialRuns: false,
    }
    expectations.set(health, fresh)
    return fresh
  }

  function mayServe(node: ListedNode): boolean {
    const { awaitsProbe, ejectedUntil, trialRuns } = expectedOf(node)
    return !awaitsProbe && ejectedUntil === undefined && !trialRuns
  }

  function learn(node: ListedNode, how: 'well' | 'excused' | 'wrongly' | 'silent'): void {
    const { health } = node
    const expected = expectedOf(node)
    const others = [...answeredWellAt].filter(([key]) => key !== node.key).map(([, at]) => at)
    expected.trialRuns = false
    if (how === 'well') {
      answeredWellAt.set(node.key, now)
      expected.onTrial = false
      health.answeredWell()
    } else if (how === 'excused') {
      health.excused()
    } else if (how === 'silent') {
      if (expected.ejectedUntil === undefined) expected.awaitsProbe = true
      health.didNotAnswer(now, 'ECONNREFUSED', Math.max(...others))
    } else {
      health.answeredWrongly(now, 'answered 500', Math.max(...others))
    }
    const { state } = health
    if (state.kind !== 'ejected' || expected.ejectedUntil !== undefined) return
    Object.assign(expected, { awaitsProbe: false, ejectedAt: now, ejectedUntil: state.until })
  }

  function untilNextReturn(): number {
    const ends = list.nodes.map((node) => expectedOf(node).ejectedUntil ?? Number.POSITIVE_INFINITY)
    const next = Math.min(...ends)
    return Number.isFinite(next) ? next - now : 0
  }

  function passTime(ms: number): void {
    now += ms
    for (const node of list.nodes) {
      const expected = expectedOf(node)
      if (expected.ejectedUntil !== undefined && now >= expected.ejectedUntil)
        Object.assign(expected, { ejectedUntil: undefined, onTrial: true })
      // An ejection ends when somebody looks.
      node.health.isEligible(now)
    }
  }

  const needsProbe = (node: ListedNode) => expectedOf(node).awaitsProbe || node.health.needsProbe

  /** As the prober does it. */
  function endProbe(node: ListedNode, said: 'ok' | 'draining' | 'nothing'): void {
    const expected = expectedOf(node)
    if (said !== 'ok' && list.isDoubted(node)) list.drop(node)
    if (said === 'ok') {
      expected.awaitsProbe = false
      node.health.probePassed(now)
    }
    if (said === 'draining') {
      // Whoever passes a probe at this address later is another run: no ejection holds it back.
      Object.assign(expected, { awaitsProbe: true, ejectedUntil: undefined, trialRuns: false })
      node.health.probeSaidDraining(now)
    }
  }

  function choose(onChoice: OnChoice): ListedNode | undefined {
    const mayBeChosen = list.nodes.filter(mayServe)
    const chosen = turn.take(list.nodes, (node) => node.health.isEligible(now))
    onChoice(chosen, mayBeChosen)
    if (!chosen) return undefined
    chosen.health.chosen()
    const expected = expectedOf(chosen)
    expected.trialRuns = expected.onTrial
    return chosen
  }

  function happen(event: Event, onChoice: OnChoice): void {
    if (event.kind === 'registry answers') {
      lastAnswer = event.instances
      list.apply(event.instances)
    } else if (event.kind === 'time passes') {
      passTime(event.ms)
    } else if (event.kind === 'ejection ends') {
      passTime(Math.max(untilNextReturn() - event.earlyMs, 0))
    } else if (event.kind === 'burst') {
      for (let i = 0; i < event.requests; i++) {
        const node = choose(onChoice)
        if (node) learn(node, faulty.includes(node.key) ? 'wrongly' : 'well')
      }
    } else if (event.kind === 'request starts') {
      const node = choose(onChoice)
      if (node) requests.push(node)
    } else if (event.kind === 'request ends') {
      const node = takeOne(requests, event.which)
      if (node) learn(node, event.how)
    } else if (event.kind === 'probe starts') {
      const open = list.nodes.filter(
        (node) => !holds(probes, node) && (needsProbe(node) || list.isDoubted(node)),
      )
      const node = takeOne(open, event.which)
      if (node) probes.push(node)
    } else {
      const node = takeOne(probes, event.which)
      if (node) endProbe(node, event.said)
    }
  }

  return {
    list,
    removed,
    probes,
    happen,
    expectedOf,
    get now() {
      return now
    },
    get lastAnswer() {
      return lastAnswer
    },
  }
}
type Core = ReturnType<typeof startCore>
type OnChoice = (chosen: ListedNode | undefined, mayBeChosen: readonly ListedNode[]) => void

const holds = (nodes: readonly ListedNode[], node: ListedNode) =>
  nodes.some(({ health }) => health === node.health)

function takeOne<T>(from: T[], which: number): T | undefined {
  return from.splice(which % Math.max(from.length, 1), 1)[0]
}

interface Watch {
  onChoice?: OnChoice
  /** After each event, and once before the first. */
  onEvent?: (event: Event | undefined, before: readonly ListedNode[]) => void
}

/** Lives through many histories; each gets a watch of its own, which throws when it sees what must not be. */
function inEveryHistory(watch: (core: Core) => Watch): void {
  fc.assert(
    fc.property(history, ({ events, ...start }) => {
      const core = startCore(start)
      const { onChoice = () => {}, onEvent = () => {} } = watch(core)
      onEvent(undefined, core.list.nodes)
      for (const event of events) {
        const before = core.list.nodes
        core.happen(event, onChoice)
        onEvent(event, before)
      }
    }),
    { numRuns: 1_000, examples: [[drainedOnTrial]] },
  )
}

test('as long as the same nodes may serve, their turns differ by one at most', () => {
  inEveryHistory(() => {
    let turns = new Map<NodeHealth, number>()
    return {
      onChoice(chosen, mayBeChosen) {
        const same = turns.size === mayBeChosen.length && mayBeChosen.every(({ health }) => turns.has(health))
        if (!same) turns = new Map(mayBeChosen.map(({ health }) => [health, 0]))
        if (chosen) turns.set(chosen.health, (turns.get(chosen.health) ?? 0) + 1)
        const counts = [...turns.values()]
        assert.ok(counts.length === 0 || Math.max(...counts) - Math.min(...counts) <= 1, `turns ${counts}`)
      },
    }
  })
})

test('whoever is chosen is listed, and neither suspect before its probe nor ejected before its time', () => {
  inEveryHistory(({ list }) => ({
    onChoice(chosen, mayBeChosen) {
      if (!chosen) return assert.equal(mayBeChosen.length, 0, 'nobody was chosen, though somebody may serve')
      assert.ok(list.nodes.includes(chosen), `${chosen.key} is not listed`)
      assert.ok(mayBeChosen.includes(chosen), `${chosen.key} is ${chosen.health.state.kind} too early`)
    },
  }))
})

test('the list is sorted and holds each host:port once', () => {
  inEveryHistory(({ list }) => ({
    onEvent() {
      const keys = list.nodes.map((node) => node.key)
      assert.deepEqual(keys, [...new Set(keys)].sort())
    },
  }))
})

test('a registry that lists nobody takes nobody away', () => {
  inEveryHistory(({ list }) => ({
    onEvent(event, before) {
      if (event?.kind !== 'registry answers' || event.instances.length > 0) return
      assert.deepEqual(list.nodes, before)
    },
  }))
})

test('a node leaves when it is replaced, when it fails its own probe in doubt, with half of them at most, or as a guess', () => {
  inEveryHistory(({ list, removed, probes }) => {
    let inDoubt: readonly ListedNode[] = []
    let probed: readonly ListedNode[] = []
    let isFirstAnswer = true
    return {
      onEvent(event, before) {
        const answer = event?.kind === 'registry answers' ? event.instances : []
        const missing = before.filter((node) => !answer.some((instance) => nodeKey(instance) === node.key))
        for (const node of removed.splice(0)) {
          const ownProbe = event?.kind === 'probe ends' && holds(probed, node) && !holds(probes, node)
          const replaced = answer.some((it) => nodeKey(it) === node.key && it.instance !== node.instance)
          const believed =
            event?.kind === 'registry answers' &&
            ((isFirstAnswer && answer.length > 0) || missing.length <= before.length / 2)
          const reason = holds(inDoubt, node) ? ownProbe || replaced : replaced || believed
          assert.ok(reason, `${node.key} left without a reason`)
        }
        if (event?.kind === 'registry answers') isFirstAnswer = false
        inDoubt = list.nodes.filter((node) => list.isDoubted(node))
        probed = [...probes]
      },
    }
  })
})

test('a listed node is in doubt as long as the registry does not name it', () => {
  inEveryHistory((core) => ({
    onEvent() {
      const named = new Set(core.lastAnswer?.map(nodeKey))
      for (const node of core.list.nodes) {
        const expected = core.lastAnswer !== undefined && !named.has(node.key)
        assert.equal(core.list.isDoubted(node), expected, `${node.key} in doubt`)
      }
    },
  }))
})

test('a new run at an old address starts anew', () => {
  inEveryHistory(({ list }) => ({
    onEvent(_event, before) {
      for (const node of list.nodes) {
        const past = before.find(({ health }) => health === node.health)
        if (past?.instance) assert.equal(node.instance, past.instance, `${node.key} kept another run's state`)
      }
    },
  }))
})

test('each node that leaves is told of once, and nothing is kept of it', () => {
  inEveryHistory(({ list, removed }) => {
    const seen = new Map<NodeKey, ListedNode>()
    return {
      onEvent(_event, before) {
        const left = before.filter((node) => !holds(list.nodes, node))
        assert.deepEqual(new Set(removed), new Set(left))
        assert.equal(removed.splice(0).length, left.length, 'told twice')
        for (const node of before) seen.set(node.key, node)
        for (const node of list.nodes) seen.delete(node.key)
        for (const node of seen.values()) assert.ok(!list.isDoubted(node), `${node.key} is kept in doubt`)
      },
    }
  })
})

test('an ejected node is back after 30 s at most', () => {
  inEveryHistory((core) => ({
    onEvent() {
      for (const node of core.list.nodes) {
        const { awaitsProbe, trialRuns, ejectedAt, ejectedUntil } = core.expectedOf(node)
        assert.ok(
          (ejectedUntil ?? ejectedAt) <= ejectedAt + 30_000,
          `${node.key} is away until ${ejectedUntil}`,
        )
        if (awaitsProbe || trialRuns || core.now < ejectedAt + 30_000) continue
        assert.ok(node.health.isEligible(core.now), `${node.key} has been away since ${ejectedAt}`)
      }
    },
  }))
})

test('a million choices among nodes that come and go leave nothing in memory', () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const list = new NodeList({ logger, initial: [], now: () => 0 })
  const turn = new RoundRobin()
  const budget = new RetryBudget()
  const heap = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = heap()
  for (let i = 0; i < 1_000_000; i++) {
    if (i % 100 === 0) {
      const ports = [0, 1, 2, 3].map((n) => 1_000 + i / 100 + n)
      list.apply(ports.map((port) => instanceAt({ host: '10.0.0.1', port }, 'run1')))
    }
    const node = turn.take(list.nodes, ({ health }) => health.isEligible(i))
    node?.health.chosen()
    budget.onRequest()
    if (i % 3 === 0) node?.health.answeredWell()
    else if (budget.tryTake()) node?.health.answeredWrongly(i, 'answered 500', i)
  }
  expect(heap() - before).toBeLessThan(2 ** 20)
  // Still in use, or the collector would have taken them with all they keep.
  expect(turn.take(list.nodes, () => true)).toBeDefined()
  expect(budget.left).toBeGreaterThanOrEqual(0)
})

test('requests buy a retry for every five, never more than 100 at once', () => {
  const calls = fc.record({
    requests: fc.oneof(fc.nat(20), fc.nat(600)),
    retries: fc.oneof(fc.nat(4), fc.nat(150)),
  })
  fc.assert(
    fc.property(fc.array(calls, { maxLength: 40, size: 'medium' }), (history) => {
      const budget = new RetryBudget()
      let [requests, retries] = [0, 0]
      let fifths = 500
      for (const call of history) {
        for (let i = 0; i < call.requests; i++) budget.onRequest()
        requests += call.requests
        fifths = Math.min(500, fifths + call.requests)
        for (let i = 0; i < call.retries; i++) {
          const granted = budget.tryTake()
          assert.equal(granted, fifths >= 5, `retry ${retries + 1} after ${requests} requests`)
          if (!granted) continue
          fifths -= 5
          retries++
        }
        assert.ok(retries <= 100 + requests / 5, `${retries} retries of ${requests} requests`)
      }
    }),
    { numRuns: 500 },
  )
})
