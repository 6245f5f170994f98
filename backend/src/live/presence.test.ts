import { beforeEach, expect, test } from '@jest/globals'
import { topics } from '@roundtable/common/bus/bus'
import { createLogger } from '@roundtable/common/logger'
import { createFakeMember } from './fake-member.test-support.ts'
import { createHub, type Hub } from './hub.ts'
import { createMemoryBus } from './memory-bus.test-support.ts'
import { createMemoryChatLog } from './memory-chat-log.test-support.ts'

const logger = createLogger('test').child({}, { level: 'silent' })
const [shared, other] = ['a'.repeat(24), 'b'.repeat(24)]

let time: number
let store: ReturnType<typeof createMemoryChatLog>
let bus: ReturnType<typeof createMemoryBus>
let lost: boolean
let published: number
let hubs: Hub[]
beforeEach(() => {
  time = 0
  lost = false
  published = 0
  hubs = []
  store = createMemoryChatLog()
  store.makeChat(shared, [1, 2])
  store.makeChat(other, [2, 3])
  bus = createMemoryBus((event) => {
    published++
    return lost ? [] : [event]
  })
})

function startHub(): Hub {
  const hub = createHub({ log: store.log, bus: bus.bus, logger, now: () => time })
  hubs.push(hub)
  return hub
}

async function connect(hub: Hub, uid: number) {
  const fake = createFakeMember(uid)
  await hub.admit(fake.member, {})
  const leave = () => {
    fake.close()
    hub.leave(fake.member)
  }
  return { ...fake, leave, told: () => fake.of('presence').map(({ uid, online }) => [uid, online]) }
}

function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 500) {
    time += 500
    for (const hub of hubs) hub.tick()
  }
}

test('told to those who share a chat, on either backend, and to nobody else', async () => {
  const [one, two] = [startHub(), startHub()]
  const [first, third] = [await connect(one, 1), await connect(two, 3)]
  const second = await connect(one, 2)
  pass(1_000)
  expect(first.told()).toEqual([[2, true]])
  expect(third.told()).toEqual([[2, true]])
  expect(second.told().sort()).toEqual([
    [1, true],
    [3, true],
  ])
  second.leave()
  pass(10_000)
  expect(first.told()).toEqual([
    [2, true],
    [2, false],
  ])
})

test('who is connected twice is there until the last one goes, and a short absence is not told', async () => {
  const [one, two] = [startHub(), startHub()]
  const watcher = await connect(one, 1)
  const [here, there] = [await connect(one, 2), await connect(two, 2)]
  pass(1_000)
  here.leave()
  pass(10_000)
  there.leave()
  pass(2_000)
  const again = await connect(two, 2)
  pass(10_000)
  expect(watcher.told()).toEqual([[2, true]])
  again.leave()
  pass(10_000)
  expect(watcher.told()).toEqual([
    [2, true],
    [2, false],
  ])
})

test('a backend that is no longer heard of has no users', async () => {
  const [one, two] = [startHub(), startHub()]
  const watcher = await connect(one, 1)
  await connect(two, 2)
  pass(60_000)
  expect(watcher.told()).toEqual([[2, true]])
  hubs = [one]
  pass(20_000)
  expect(watcher.told().at(-1)).toEqual([2, false])
})

test('what was lost is asked for after a break', async () => {
  const [one, two] = [startHub(), startHub()]
  const watcher = await connect(one, 1)
  pass(1_000)
  lost = true
  await connect(two, 2)
  pass(1_000)
  expect(watcher.told()).toEqual([])
  lost = false
  bus.announceBreak()
  pass(1_000)
  expect(watcher.told()).toEqual([[2, true]])
})

test('who left while events were lost is gone after a break, and nobody else', async () => {
  store.makeChat(shared, [1, 2, 4])
  const [one, two] = [startHub(), startHub()]
  const watcher = await connect(one, 1)
  const [leaving] = [await connect(two, 2), await connect(two, 4)]
  pass(1_000)
  lost = true
  leaving.leave()
  pass(10_000)
  lost = false
  bus.announceBreak()
  pass(1_000)
  expect(watcher.told().slice(0, 2).sort()).toEqual([
    [2, true],
    [4, true],
  ])
  expect(watcher.told().slice(2)).toEqual([[2, false]])
})

test('who reloads the page while others ask who is there has not been away', async () => {
  const [one, two] = [startHub(), startHub()]
  const watcher = await connect(one, 1)
  const leaving = await connect(two, 2)
  pass(10_000)
  leaving.leave()
  pass(500)
  bus.announceBreak()
  pass(3_000)
  await connect(two, 2)
  pass(20_000)
  expect(watcher.told()).toEqual([[2, true]])
})

test('who goes before a newcomer was told who is there is gone for them, too', async () => {
  const hub = startHub()
  const watcher = await connect(hub, 1)
  const leaving = await connect(hub, 2)
  pass(1_000)
  leaving.leave()
  pass(4_500)
  // Into another chat of theirs, as they go.
  const { name, body } = store.append(other, 2, { added: [1], removed: [] })
  bus.bus.publish(topics.chatEvents, { key: other, name, body })
  pass(10_000)
  expect(watcher.told().at(-1)).toEqual([2, false])
})

test('a socket that much waits for is told all the same', async () => {
  const hub = startHub()
  const watcher = await connect(hub, 1)
  watcher.congest()
  pass(1_000)
  await connect(hub, 2)
  pass(1_000)
  expect(watcher.told()).toEqual([[2, true]])
})

test('a user who does nothing costs no events', async () => {
  const hub = startHub()
  for (let uid = 10; uid < 60; uid++) await connect(hub, uid)
  pass(5_000)
  const before = published
  pass(60_000)
  // The lease of the backend, heard by itself.
  expect(published - before).toBeLessThanOrEqual(12)
})

test('when all come back at once, they are told bit by bit, and all in the end', async () => {
  const hub = startHub()
  const uids = Array.from({ length: 120 }, (_, i) => i + 1)
  const crowded = 'c'.repeat(24)
  store.makeChat(crowded, uids)
  const all = await Promise.all(uids.map((uid) => connect(hub, uid)))
  const framesSent = () => all.reduce((sum, { told }) => sum + told().length, 0)
  pass(500)
  expect(framesSent()).toBeLessThan(5_000)
  pass(2_000)
  for (const { member, told } of all) {
    const present = told().flatMap(([uid, online]) => (online ? [uid] : []))
    expect(present.sort((a, b) => Number(a) - Number(b))).toEqual(uids.filter((uid) => uid !== member.uid))
  }
})
