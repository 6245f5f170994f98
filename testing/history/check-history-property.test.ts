import assert from 'node:assert/strict'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { checkHistory, countStaleAcrossUsers } from './check-history.ts'
import type { FinalState, History, Operation, StoredMessage } from './history.ts'

// The model: each request takes effect at one moment between its begin and its end, on a log for each chat.

const users = [1, 2, 3]
const chats = ['aa', 'bb', 'cc']
const answers = {
  good: { status: 200, repeats: 0, stores: true },
  'good at the second try': { status: 200, repeats: 1, stores: true },
  refused: { status: 503, code: 5032, repeats: 0, stores: false },
  'unknown, stored': { status: 503, code: 5031, repeats: 0, stores: true },
  'unknown, not stored': { status: 503, code: 5031, repeats: 0, stores: false },
  'silent, stored': { status: 0, repeats: 4, stores: true },
  'silent, not stored': { status: 0, repeats: 4, stores: false },
} as const
const answerName = fc.oneof(
  { weight: 8, arbitrary: fc.constant('good' as const) },
  { weight: 4, arbitrary: fc.constantFrom(...(Object.keys(answers) as (keyof typeof answers)[])) },
)
const request = fc.record({
  kind: fc.constantFrom('post' as const, 'post' as const, 'read' as const, 'members' as const),
  uid: fc.constantFrom(...users),
  cid: fc.constantFrom(...chats),
  startedAt: fc.nat(400),
  tookMs: fc.oneof(fc.nat(5), fc.nat(100)),
  /** When it takes effect, in percent of its time. */
  effect: fc.nat(100),
  answer: answerName,
  users: fc.subarray(users, { minLength: 1 }),
})
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never

/** Plays the requests as a system does that keeps its word. */
function play(requests: readonly Request[]) {
  const messages = new Map<string, StoredMessage[]>(chats.map((cid) => [cid, []]))
  const members = new Map<string, readonly number[]>(chats.map((cid) => [cid, users]))
  const creations = chats.map(
    (cid, i): Operation => ({
      kind: 'create',
      uid: 1,
      cid,
      startedAt: i - 10,
      endedAt: i - 9.5,
      status: 201,
      repeats: 0,
      users,
    }),
  )
  const inOrderOfEffect = requests
    .map((asked, i) => ({
      ...asked,
      text: `text ${i}`,
      at: asked.startedAt + (asked.tookMs * asked.effect) / 100,
    }))
    .sort((a, b) => a.at - b.at)
  const operations = inOrderOfEffect.map((asked): Operation => {
    const { stores, ...answer } = answers[asked.answer]
    const { kind, uid, cid, startedAt, tookMs, text } = asked
    const operation = { kind, uid, cid, startedAt, endedAt: startedAt + tookMs, ...answer }
    const log = messages.get(cid) ?? []
    if (kind === 'members') {
      if (stores) members.set(cid, asked.users)
      return { ...operation, users: asked.users }
    }
    if (kind === 'read') return { ...operation, ...(answer.status === 200 ? { seq: log.length } : {}) }
    if (stores) log.push({ id: `id of ${text}`, seq: log.length + 1, uid, text })
    return { ...operation, text, ...(answer.status === 200 ? { seq: log.length } : {}) }
  })
  operations.sort((a, b) => a.startedAt - b.startedAt)
  const lists = new Map(users.map((uid) => [uid, chats.filter((cid) => members.get(cid)?.includes(uid))]))
  const history: History = { operations: [...creations, ...operations], sights: [], shown: new Map() }
  return { history, final: { messages, members, lists, marks: new Map() } satisfies FinalState }
}

const requests = fc.array(request, { maxLength: 60 })

test('no violation is found in the history of a system that keeps its word', () => {
  fc.assert(
    fc.property(requests, (asked) => {
      const { history, final } = play(asked)
      expect(checkHistory(history, final)).toEqual([])
      expect(countStaleAcrossUsers(history)).toBe(0)
    }),
    { numRuns: 2_000 },
  )
})

/** Ways to spoil a log at the place of an acknowledged message; `other` is any other place. */
const spoilings = {
  drop: (log: StoredMessage[], at: number) => void log.splice(at, 1),
  'drop and close the hole': (log: StoredMessage[], at: number) => {
    log.splice(at, 1)
    for (const [i, message] of log.entries()) log[i] = { ...message, seq: i + 1 }
  },
  duplicate: (log: StoredMessage[], at: number) => {
    const message = log[at]
    assert(message)
    log.push({ ...message, id: 'another id', seq: log.length + 1 })
  },
  swap: (log: StoredMessage[], at: number, other: number) => {
    const [one, two] = [log[at], log[other]]
    assert(one && two)
    log[at] = { ...two, seq: one.seq }
    log[other] = { ...one, seq: two.seq }
  },
  rename: (log: StoredMessage[], at: number) => {
    const message = log[at]
    assert(message)
    log[at] = { ...message, text: 'a text that nobody sent' }
  },
  'give to another': (log: StoredMessage[], at: number) => {
    const message = log[at]
    assert(message)
    log[at] = { ...message, uid: message.uid + 1 }
  },
} as const

test.each(Object.entries(spoilings))('a stored message cannot be spoilt unseen: %s', (_, spoil) => {
  fc.assert(
    fc.property(requests, fc.nat(), fc.nat(), (asked, which, other) => {
      const { history, final } = play(asked)
      const acknowledged = history.operations.filter(({ kind, status }) => kind === 'post' && status === 200)
      const post = acknowledged[which % Math.max(1, acknowledged.length)]
      const log = final.messages.get(post?.cid ?? '') ?? []
      fc.pre(post !== undefined && log.length > 1)
      const at = log.findIndex(({ text }) => text === post?.text)
      spoil(log, at, (at + 1 + (other % (log.length - 1))) % log.length)
      expect(checkHistory(history, final)).not.toEqual([])
    }),
    { numRuns: 500 },
  )
})

test('a read that is shown less than its reader has written or seen cannot pass unseen', () => {
  fc.assert(
    fc.property(requests, fc.nat(), (asked, which) => {
      const { history, final } = play(asked)
      const known = history.operations.filter(({ seq, status }) => status === 200 && (seq ?? 0) > 0)
      const earlier = known[which % Math.max(1, known.length)]
      fc.pre(earlier !== undefined)
      const { uid, cid, endedAt, seq = 0 } = earlier ?? { uid: 0, cid: '', endedAt: 0 }
      const late = { kind: 'read', uid, cid, startedAt: endedAt + 1, endedAt: endedAt + 2 } as const
      const stale: Operation = { ...late, status: 200, repeats: 0, seq: seq - 1 }
      const found = checkHistory({ ...history, operations: [...history.operations, stale] }, final)
      expect(found.map(({ kind }) => kind)).toContain('stale')
    }),
  )
})

test('two messages written one after the other cannot change places unseen, whatever their writers were told', () => {
  fc.assert(
    fc.property(requests, fc.nat(), (asked, which) => {
      const { history, final } = play(asked)
      const written = history.operations.filter(({ kind, status }) => kind === 'post' && status === 200)
      const pairs = written.flatMap((one) =>
        written
          .filter((two) => two.cid === one.cid && two.startedAt > one.endedAt)
          .map((two) => [one, two] as const),
      )
      const pair = pairs[which % Math.max(1, pairs.length)]
      fc.pre(pair !== undefined)
      const [one, two] = pair ?? assert.fail()
      const [seqOfOne = 0, seqOfTwo = 0] = [one.seq, two.seq]
      spoilings.swap(final.messages.get(one.cid) ?? [], seqOfOne - 1, seqOfTwo - 1)
      Object.assign(one, { seq: seqOfTwo })
      Object.assign(two, { seq: seqOfOne })
      expect(checkHistory(history, final).map(({ kind }) => kind)).toContain('order')
    }),
  )
})
