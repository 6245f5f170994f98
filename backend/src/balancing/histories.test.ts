import assert from 'node:assert/strict'
import { test } from '@jest/globals'
import fc from 'fast-check'
import { type NodeKey, nodeKey } from './dialogue-node.ts'
import { type Core, holds, type OnChoice, startCore } from './history-core.test-support.ts'
import { drainedOnTrial, type Event, history } from './history-events.test-support.ts'
import type { NodeHealth } from './node-health.ts'
import type { ListedNode } from './node-list.ts'

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

test('an answer that comes again, in any order, changes nothing', () => {
  inEveryHistory(({ list }) => ({
    onEvent(event) {
      if (event?.kind !== 'registry answers') return
      const before = list.nodes
      list.apply(event.instances.toReversed())
      assert.deepEqual(
        list.nodes.map(({ id, instance }) => [id, instance]),
        before.map(({ id, instance }) => [id, instance]),
      )
      assert.ok(list.nodes.every((node) => holds(before, node)))
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
    let areGuessed = true
    return {
      onEvent(event, before) {
        const answer = event?.kind === 'registry answers' ? event.instances : []
        const missing = before.filter((node) => !answer.some((instance) => nodeKey(instance) === node.key))
        for (const node of removed.splice(0)) {
          const ownProbe = event?.kind === 'probe ends' && holds(probed, node) && !holds(probes, node)
          const replaced = answer.some((it) => nodeKey(it) === node.key && it.instance !== node.instance)
          const guessed = areGuessed && answer.length > 0
          const believed = event?.kind === 'registry answers' && missing.length <= before.length / 2
          const reason = holds(inDoubt, node) ? ownProbe : believed
          assert.ok(replaced || guessed || reason, `${node.key} left without a reason`)
        }
        if (answer.length > 0) areGuessed = false
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
