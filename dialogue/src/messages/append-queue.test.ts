import { expect, test } from '@jest/globals'
import type { NewMessage } from '@roundtable/common/dialogue-requests'
import type { Message } from '@roundtable/common/dialogue-wire'
import { randomResourceId } from '@roundtable/common/resource-id'
import { type Append, createAppendQueue } from './append-queue.ts'

const cid = randomResourceId()
const message = (chat = cid): NewMessage => ({ id: randomResourceId(), cid: chat, uid: 3, txt: 'Hi there' })
const stored = ({ id, cid, uid, txt }: NewMessage): Message => ({
  object: 'message',
  id,
  cid,
  uid,
  createdAt: 1_616_061_029,
  text: txt,
  seq: 1,
})

/** A queue whose flights end when they are told to. */
function build(options: { timeoutMs?: number; maxBatch?: number } = {}) {
  const flights: { batch: readonly Append<NewMessage, Message>[]; land(): void }[] = []
  const queue = createAppendQueue<NewMessage, Message>({
    flight: (_, batch) =>
      new Promise((resolve) => {
        function land(): void {
          for (const append of batch) append.resolve(stored(append.entry))
          resolve()
        }
        flights.push({ batch, land })
      }),
    maxBatch: options.maxBatch ?? 3,
    timeoutMs: options.timeoutMs ?? 10_000,
  })
  return { queue, flights }
}

test('what comes during a flight goes together in the next, in order, so many at most', async () => {
  const { queue, flights } = build()
  const sent = Array.from({ length: 5 }, () => message())
  const answers = Promise.all(sent.map((one) => queue.append(one)))
  const batches: NewMessage[][] = []
  for (let i = 0; i < 3; i += 1) {
    expect(flights).toHaveLength(i + 1)
    batches.push(flights[i]?.batch.map((append) => append.entry) ?? [])
    flights[i]?.land()
    await new Promise(setImmediate)
  }
  expect(batches).toEqual([sent.slice(0, 1), sent.slice(1, 4), sent.slice(4)])
  expect(await answers).toEqual(sent.map(stored))
})

test('chats do not wait for each other', async () => {
  const { queue, flights } = build()
  const one = queue.append(message())
  const other = queue.append(message(randomResourceId()))
  expect(flights).toHaveLength(2)
  for (const { land } of flights) land()
  await Promise.all([one, other])
})

test('whose turn does not come in time was surely not stored, and is not sent later', async () => {
  const { queue, flights } = build({ timeoutMs: 20 })
  const flying = queue.append(message())
  const waiting = queue.append(message())
  await expect(flying).rejects.toMatchObject({ code: 5031 })
  await expect(waiting).rejects.toMatchObject({ code: 5032 })
  flights[0]?.land()
  await new Promise(setImmediate)
  expect(flights).toHaveLength(1)
})
