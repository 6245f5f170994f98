import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type ChatCursor, maxCatchUp, nextStep, takes } from './chat-cursor.ts'
import { ChatWindow } from './chat-window.ts'

interface Entry {
  seq: number
}

/**
 * The model: a log in a store; backends that are told of each entry, perhaps never, perhaps twice, perhaps late; and
 * clients, each on one of them, that come and go with the last seq they have.
 */
type Action =
  | { do: 'append'; count: number }
  /** An event about an entry, any one there is, reaches a backend. */
  | { do: 'event'; at: number; which: number }
  /** A backend compares its head with the store's. */
  | { do: 'compare'; at: number }
  /** A backend reads a page of what it misses; perhaps the answer is as old as `stale` entries. */
  | { do: 'fill'; at: number; stale: number }
  /** A client takes as many steps as its connection lets it. */
  | { do: 'bring'; client: number; steps: number; pageSize: number }
  | { do: 'reconnect'; client: number; at: number }
  /** A backend's memory is short. */
  | { do: 'forget'; at: number }

const backendCount = 2
const clientCount = 3
const at = fc.nat(backendCount - 1)
const client = fc.nat(clientCount - 1)
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 100, max: 700 }) }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('event' as const), at, which: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compare' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fill' as const), at, stale: fc.nat(3) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('bring' as const),
      client,
      steps: fc.integer({ min: 1, max: 20 }),
      pageSize: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reconnect' as const), client, at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), at }) },
)

/** One client's sight of the log: what it was sent, and what it was told to fetch. */
interface Client {
  backend: number
  cursor: ChatCursor
  has: number
  seen: number[]
  wasTold: string[]
}

function createModel() {
  let head = 0
  const windows = Array.from({ length: backendCount }, () => new ChatWindow<Entry>(1))
  const clients = Array.from({ length: clientCount }, (): Client => {
    return { backend: 0, cursor: { next: 1 }, has: 0, seen: [], wasTold: [] }
  })
  const page = (after: number, size: number, upTo: number): Entry[] =>
    Array.from({ length: Math.max(0, Math.min(size, upTo - after)) }, (_, i) => ({ seq: after + i + 1 }))
  const windowAt = (index: number) => windows[index] ?? new ChatWindow<Entry>(1)

  const show = (one: Client, from: number, to: number): void => {
    for (let seq = from; seq <= to; seq++) one.seen.push(seq)
    one.has = to
  }

  const bring = (one: Client, size: number): boolean => {
    const window = windowAt(one.backend)
    const step = nextStep(one.cursor, window, window.next)
    if (!step) return false
    if (step.do === 'send') {
      if (takes(one.cursor, step.entry)) show(one, step.entry.seq, step.entry.seq)
    } else if (step.do === 'gap') {
      one.wasTold.push(`${step.from}-${step.to}`)
      expect(step.to - step.from + 1).toBeGreaterThan(maxCatchUp)
      show(one, step.from, step.to)
      one.cursor.next = step.to + 1
    } else {
      for (const entry of page(step.after, size, head)) {
        if (takes(one.cursor, entry)) show(one, entry.seq, entry.seq)
      }
    }
    return true
  }

  const fill = (index: number, upTo: number): void => {
    const window = windowAt(index)
    const after = window.missing
    if (after === undefined) return
    if (window.head - after > maxCatchUp) window.restart(window.head + 1)
    else for (const entry of page(after, 200, upTo)) window.offer(entry)
  }

  const act = (action: Action): void => {
    if (action.do === 'append') head += action.count
    else if (action.do === 'event' && head > 0)
      windowAt(action.at).offer({ seq: Math.max(1, head - action.which) })
    else if (action.do === 'compare') windowAt(action.at).know(head)
    else if (action.do === 'fill') fill(action.at, head - action.stale)
    else if (action.do === 'forget') windowAt(action.at).restart(windowAt(action.at).next)
    else if (action.do === 'bring') {
      const one = clients[action.client]
      for (let steps = 0; one && steps < action.steps && bring(one, action.pageSize); steps++);
    } else if (action.do === 'reconnect') {
      const one = clients[action.client]
      if (!one) return
      one.backend = action.at
      one.cursor = { next: one.has + 1 }
      windowAt(action.at).know(head)
    }
  }

  /** Nothing new happens any more, and all that waits is done. */
  const settle = (): void => {
    for (const [index, window] of windows.entries()) {
      window.know(head)
      while (window.missing !== undefined) fill(index, head)
    }
    for (const one of clients) while (bring(one, 200));
  }

  return { act, settle, clients, head: () => head }
}

test('each client sees each entry once and in order, whatever is lost, doubled, late or cut', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
      const model = createModel()
      for (const one of actions) model.act(one)
      model.settle()
      const all = Array.from({ length: model.head() }, (_, i) => i + 1)
      for (const { seen } of model.clients) expect(seen).toEqual(all)
    }),
    { numRuns: 1_000 },
  )
})

test('an entry that is smaller or greater than the next one is not taken', () => {
  const cursor = { next: 5 }
  expect([4, 6, 5, 5].map((seq) => takes(cursor, { seq }))).toEqual([false, false, true, false])
})

test('more than 500 missing are not sent', () => {
  const window = new ChatWindow<Entry>(1)
  window.restart(1_001)
  expect(nextStep({ next: 501 }, window, window.next)).toEqual({ do: 'read', after: 500 })
  expect(nextStep({ next: 500 }, window, window.next)).toEqual({ do: 'gap', from: 500, to: 1_000 })
})

test('a window keeps no more than it needs, and misses what it does not have', () => {
  const window = new ChatWindow<Entry>(1)
  for (let seq = 1; seq <= 10_000; seq++) window.offer({ seq })
  expect(window.entries.length).toBeLessThan(1_000)
  expect(window.next).toBe(10_001)
  window.offer({ seq: 10_002 })
  expect(window.missing).toBe(10_000)
  window.offer({ seq: 10_001 })
  expect([window.missing, window.next]).toEqual([undefined, 10_003])
})
