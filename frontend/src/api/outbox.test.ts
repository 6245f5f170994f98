import { expect, test } from '@jest/globals'
import {
  createOutbox,
  type Outbox,
  type OutboxOptions,
  type OutboxStorage,
  type OutgoingMessage,
} from './outbox.ts'
import { ApiError } from './request.ts'
import type { Message } from './types.ts'

/** An outbox whose requests answer what the test says, one after the other. */
function setUp(answers: (string | ApiError)[], options: Partial<OutboxOptions> = {}) {
  const sent: { cid: string; text: string; key: string }[] = []
  const outbox = createOutbox({
    async send(cid, text, key): Promise<Message> {
      sent.push({ cid, text, key })
      const answer = answers.shift() ?? `id-${sent.length}`
      if (answer instanceof ApiError) throw answer
      return { object: 'message', id: answer, cid, uid: 3, createdAt: 0, text, seq: sent.length }
    },
    wait: async () => {},
    maxAttempts: 3,
    ...options,
  })
  return { outbox, sent }
}

/** Keeps what it is given, as a browser would from one visit to the next. */
function createStorage() {
  let kept: readonly OutgoingMessage[] = []
  const storage: OutboxStorage = {
    read: () => kept,
    write: (messages) => {
      kept = messages
    },
  }
  return storage
}

/** The next visit, once something was sent in this one. */
async function setUpAfter(sent: readonly unknown[], storage: OutboxStorage) {
  while (sent.length === 0) await Promise.resolve()
  return setUp([], { storage })
}

function settled(outbox: Outbox): Promise<readonly OutgoingMessage[]> {
  const isDone = () => outbox.snapshot().every(({ state }) => state === 'sent' || state === 'failed')
  return new Promise((resolve) => {
    const look = () => {
      if (isDone()) resolve(outbox.snapshot())
    }
    outbox.subscribe(look)
    look()
  })
}

const lost = new ApiError(0, 'no answer')
const unknown = new ApiError(5031, 'outcome unknown')

test('an attempt without a clear answer is repeated with the same key', async () => {
  const { outbox, sent } = setUp([lost, unknown, 'm1'])
  outbox.write('c', 'Hi', 0)
  expect(await settled(outbox)).toMatchObject([{ state: 'sent', id: 'm1' }])
  expect(sent).toHaveLength(3)
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
})

test('two messages of the same text have keys of their own', async () => {
  const { outbox, sent } = setUp([])
  outbox.write('c', 'Hi', 0)
  outbox.write('c', 'Hi', 0)
  await settled(outbox)
  expect(new Set(sent.map(({ key }) => key)).size).toBe(2)
})

test('a chat gets its messages in the order they were written, another chat does not wait', async () => {
  const { outbox, sent } = setUp([lost])
  outbox.write('c', 'first', 0)
  outbox.write('c', 'second', 0)
  outbox.write('d', 'elsewhere', 0)
  await settled(outbox)
  expect(sent.filter(({ cid }) => cid === 'c').map(({ text }) => text)).toEqual(['first', 'first', 'second'])
  expect(sent[1]?.text).toBe('elsewhere')
})

test('what the API refuses is marked at once, and does not hold up the next one', async () => {
  const { outbox, sent } = setUp([new ApiError(4001, 'txt: too long'), 'm2'])
  outbox.write('c', 'too long', 0)
  outbox.write('c', 'fine', 0)
  expect(await settled(outbox)).toMatchObject([
    { state: 'failed', reason: 'txt: too long' },
    { state: 'sent', id: 'm2' },
  ])
  expect(sent).toHaveLength(2)
})

test('given up after some attempts, it can be tried again with the key it had', async () => {
  const { outbox, sent } = setUp([lost, lost, lost, 'm1'])
  outbox.write('c', 'Hi', 0)
  const [failed] = await settled(outbox)
  expect(failed).toMatchObject({ state: 'failed', reason: 'no answer' })
  outbox.retry(failed?.key ?? '')
  expect(await settled(outbox)).toMatchObject([{ state: 'sent', id: 'm1' }])
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
})

test('a page that is left amid an attempt sends it again when it is back, with the key it had', async () => {
  const storage = createStorage()
  const never = new Promise<never>(() => {})
  const before = setUp([], { storage, send: () => never })
  before.outbox.write('c', 'Hi', 0)
  before.outbox.close()
  const { outbox, sent } = setUp(['m1'], { storage })
  expect(await settled(outbox)).toMatchObject([{ state: 'sent', id: 'm1', text: 'Hi' }])
  expect(sent[0]?.key).toBe(before.outbox.snapshot()[0]?.key)
  expect(storage.read()).toEqual([])
})

test('a message that met the end of the session is sent after the next sign-in', async () => {
  const storage = createStorage()
  const before = setUp([new ApiError(4011, 'the token has expired')], { storage })
  before.outbox.write('c', 'Hi', 0)
  const { outbox } = await setUpAfter(before.sent, storage)
  expect(await settled(outbox)).toMatchObject([{ state: 'sent', text: 'Hi' }])
})

test('what failed is still marked after a reload, and is not sent unasked', async () => {
  const storage = createStorage()
  const before = setUp([new ApiError(4001, 'txt: too long')], { storage })
  before.outbox.write('c', 'too long', 0)
  await settled(before.outbox)
  const { outbox, sent } = setUp([], { storage })
  expect(outbox.snapshot()).toMatchObject([{ state: 'failed', reason: 'txt: too long', code: 4001 }])
  expect(sent).toEqual([])
})

test('what an earlier release has kept, without a code, is still marked', () => {
  const storage = createStorage()
  const kept: OutgoingMessage = {
    key: 'k',
    cid: 'c',
    text: 'Hi',
    after: 0,
    state: 'failed',
    reason: 'too long',
  }
  storage.write([kept])
  expect(setUp([], { storage }).outbox.snapshot()).toEqual([kept])
})

test('when the way is clear again it does not wait for its turn', async () => {
  const waits: AbortSignal[] = []
  const wait = (_: number, signal: AbortSignal) => {
    waits.push(signal)
    return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  }
  const { outbox, sent } = setUp([lost], { wait })
  outbox.write('c', 'Hi', 0)
  await Promise.resolve()
  while (waits.length === 0) await Promise.resolve()
  outbox.wake()
  await settled(outbox)
  expect(sent).toHaveLength(2)
})

test('what was given up for want of an answer is sent when the way is clear again', async () => {
  const { outbox, sent } = setUp([lost, lost, lost])
  outbox.write('c', 'Hi', 0)
  expect(await settled(outbox)).toMatchObject([{ state: 'failed' }])
  outbox.wake()
  expect(await settled(outbox)).toMatchObject([{ state: 'sent' }])
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
})
