import { expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import type { NewsEvent } from '../news/store.ts'
import { createUserEvents, type UserEvent } from '../user-events.ts'
import { createMemoryBus } from './memory-bus.test-support.ts'
import { createNewsAudience } from './news-audience.ts'

const logger = createLogger('test').child({}, { level: 'silent' })
const [reader, author, other] = [1, 2, 3]

test('from a block on neither is told news of the other', async () => {
  const memory = createMemoryBus()
  const followed = new Map([
    [reader, [author, other]],
    [author, [reader]],
  ])
  const audience = createNewsAudience({
    bus: memory.bus,
    topic: 'userEvents',
    source: { followed: async (uid) => followed.get(uid) ?? [], feed: async () => [] },
    logger,
  })
  const told: string[] = []
  for (const uid of [reader, author]) {
    await audience.add({ uid, tell: (event) => told.push(`${uid}: ${event.message}`) })
  }
  const publish: (event: NewsEvent | UserEvent) => void = createUserEvents(memory.bus, 'userEvents')
  let id = 0
  const post = (uid: number, message: string) => publish({ id: ++id, name: 'post', uid, message, ts: 1 })

  post(author, 'before')
  followed.clear()
  followed.set(reader, [other])
  publish({ name: 'block', uid: author, friendId: reader, ts: 1 })
  for (const when of ['at once', 'later']) {
    post(author, `by the author, ${when}`)
    post(reader, `by the reader, ${when}`)
    post(other, `by another, ${when}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(told).toEqual([
    '1: before',
    '2: before',
    '2: by the author, at once',
    '1: by the reader, at once',
    '1: by another, at once',
    '2: by the author, later',
    '1: by the reader, later',
    '1: by another, later',
  ])
  audience.close()
})

/** A user who follows the author, what they were told, and a store whose feed can be away. */
async function startReader() {
  const memory = createMemoryBus()
  const stored: NewsEvent[] = []
  const state = { isAway: false }
  const ask = async <T>(answer: () => T): Promise<T> => {
    if (state.isAway) throw new Error('the store is away')
    return answer()
  }
  const audience = createNewsAudience({
    bus: memory.bus,
    topic: 'userEvents',
    source: { followed: async () => [author], feed: () => ask(() => stored.toReversed()) },
    logger,
  })
  const told: number[] = []
  await audience.add({ uid: reader, tell: ({ id }) => told.push(id) })
  const store = () => {
    const event = {
      id: stored.length + 1,
      name: 'post',
      uid: author,
      message: '',
      ts: 2_000_000_000,
    } as const
    stored.push(event)
    return event
  }
  const publish = createUserEvents(memory.bus, 'userEvents')
  return { memory, state, audience, told, store, publish }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('what was missed before the subscription stood, or in a break, is told once', async () => {
  const { memory, told, store, publish } = await startReader()
  store()
  memory.announceReady()
  await settled()
  expect(told).toEqual([1])
  store()
  memory.announceBreak()
  await settled()
  publish(store())
  memory.announceBreak()
  await settled()
  expect(told).toEqual([1, 2, 3])
})

test('what was missed while the feed is away is told when it is back', async () => {
  const { memory, state, audience, told, store } = await startReader()
  store()
  state.isAway = true
  memory.announceBreak()
  await settled()
  state.isAway = false
  audience.tick(10_000)
  await settled()
  expect(told).toEqual([1])
})
