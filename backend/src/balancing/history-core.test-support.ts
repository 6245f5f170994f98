import type { ServiceInstance } from '@roundtable/common/consul/service-instance'
import { createLogger } from '@roundtable/common/logger'
import type { NodeKey } from './dialogue-node.ts'
import type { Event, History } from './history-events.test-support.ts'
import type { NodeHealth } from './node-health.ts'
import { type ListedNode, NodeList } from './node-list.ts'
import { RoundRobin } from './round-robin.ts'

const logger = createLogger('test').child({}, { level: 'silent' })

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
export function startCore({ initial, random, faulty }: Omit<History, 'events'>) {
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
export type Core = ReturnType<typeof startCore>
/** Gets who was chosen, and all who might have been. */
export type OnChoice = (chosen: ListedNode | undefined, mayBeChosen: readonly ListedNode[]) => void

/** Whether this run of the node is among them. */
export const holds = (nodes: readonly ListedNode[], node: ListedNode) =>
  nodes.some(({ health }) => health === node.health)

function takeOne<T>(from: T[], which: number): T | undefined {
  return from.splice(which % Math.max(from.length, 1), 1)[0]
}
