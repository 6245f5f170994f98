import { expect, test } from '@jest/globals'
import { createOutbox, type Outbox, type OutgoingMessage } from './outbox.ts'
import { ApiError } from './request.ts'
import type { Message } from './types.ts'

/** An outbox whose requests answer what the test says, one after the other. */
function setUp(answers: (string | ApiError)[]) {
  const sent: { cid: string; text: string; key: string }[] = []
  const outbox = createOutbox({
    async send(cid, text, key): Promise<Message> {
      sent.push({ cid, text, key })
      const answer = answers.shift() ?? `id-${sent.length}`
      if (answer instanceof ApiError) throw answer
      return { id: answer, cid, uid: 3, createdAt: 0, text }
    },
    wait: async () => {},
    maxAttempts: 3,
  })
  return { outbox, sent }
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
  outbox.write('c', 'Hi')
  expect(await settled(outbox)).toMatchObject([{ state: 'sent', id: 'm1' }])
  expect(sent).toHaveLength(3)
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
})

test('two messages of the same text have keys of their own', async () => {
  const { outbox, sent } = setUp([])
  outbox.write('c', 'Hi')
  outbox.write('c', 'Hi')
  await settled(outbox)
  expect(new Set(sent.map(({ key }) => key)).size).toBe(2)
})

test('a chat gets its messages in the order they were written, another chat does not wait', async () => {
  const { outbox, sent } = setUp([lost])
  outbox.write('c', 'first')
  outbox.write('c', 'second')
  outbox.write('d', 'elsewhere')
  await settled(outbox)
  expect(sent.filter(({ cid }) => cid === 'c').map(({ text }) => text)).toEqual(['first', 'first', 'second'])
  expect(sent[1]?.text).toBe('elsewhere')
})

test('what the API refuses is marked at once, and does not hold up the next one', async () => {
  const { outbox, sent } = setUp([new ApiError(4001, 'txt: too long'), 'm2'])
  outbox.write('c', 'too long')
  outbox.write('c', 'fine')
  expect(await settled(outbox)).toMatchObject([
    { state: 'failed', reason: 'txt: too long' },
    { state: 'sent', id: 'm2' },
  ])
  expect(sent).toHaveLength(2)
})

test('given up after some attempts, it can be tried again with the key it had', async () => {
  const { outbox, sent } = setUp([lost, lost, lost, 'm1'])
  outbox.write('c', 'Hi')
  const [failed] = await settled(outbox)
  expect(failed).toMatchObject({ state: 'failed', reason: 'no answer' })
  outbox.retry(failed?.key ?? '')
  expect(await settled(outbox)).toMatchObject([{ state: 'sent', id: 'm1' }])
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
})
