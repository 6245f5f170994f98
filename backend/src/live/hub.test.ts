import { beforeEach, expect, test } from '@jest/globals'
import type { BusEvent } from '@roundtable/common/bus/bus'
import { topics } from '@roundtable/common/bus/bus'
import type { ChatEvent } from '@roundtable/common/chat-events'
import { createLogger } from '@roundtable/common/logger'
import fc from 'fast-check'
import { createFakeMember } from './fake-member.test-support.ts'
import { createHub, type Hub } from './hub.ts'
import { createMemoryBus } from './memory-bus.test-support.ts'
import { createMemoryChatLog } from './memory-chat-log.test-support.ts'

const logger = createLogger('test').child({}, { level: 'silent' })
const cid = 'a'.repeat(24)
const otherCid = 'b'.repeat(24)

function createWorld(mangle?: (event: BusEvent) => BusEvent[]) {
  let time = 0
  const store = createMemoryChatLog()
  const bus = createMemoryBus(mangle)
  const newHub = () => createHub({ log: store.log, bus: bus.bus, logger, now: () => time })
  const tell = ({ name, body }: ChatEvent) =>
    bus.bus.publish(topics.chatEvents, { key: body.cid, name, body })
  const tellOf = (event: ChatEvent) => {
    tell(event)
    return { id: 'entry' in event.body ? event.body.entry.id : '' }
  }
  return {
    store,
    bus,
    newHub,
    tell,
    write: (uid = 1, chat = cid) => tellOf(store.append(chat, uid, { text: 'x' })),
    change: (id: string, how: { text: string } | 'deletion') => tellOf(store.change(cid, id, how)),
    changeMembers: (added: number[], removed: number[]) => tell(store.append(cid, 1, { added, removed })),
    async connect(hub: Hub, uid: number, has: Record<string, number> = {}) {
      const fake = createFakeMember(uid)
      await hub.admit(fake.member, has)
      return fake
    },
    /** Time goes on, and all that waits happens. */
    async pass(ms: number, ...hubs: Hub[]) {
      for (let passed = 0; passed < ms; passed += 500) {
        time += 500
        for (const hub of hubs) hub.tick()
        await settled()
      }
    },
  }
}

/** All reads that are under way, and those that follow from them, have ended. */
async function settled(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve))
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i)

let world: ReturnType<typeof createWorld>
let hub: Hub
beforeEach(() => {
  world = createWorld()
  hub = world.newHub()
  world.store.makeChat(cid, [1, 2])
})

test('ready names the chats; who has nothing is sent what happens from then on', async () => {
  world.write()
  const one = await world.connect(hub, 1)
  expect(one.frames[0]).toEqual({ type: 'ready', userId: 1, chats: { [cid]: 1 } })
  world.write()
  expect(one.seqs(cid)).toEqual([2])
})

test('what a node has answered is sent without its event, and once', async () => {
  const one = await world.connect(hub, 1)
  const event = world.store.append(cid, 2, { text: 'x' })
  hub.posted(cid, Buffer.from(JSON.stringify('entry' in event.body && event.body.entry)))
  expect(one.seqs(cid)).toEqual([1])
  world.tell(event)
  hub.posted(cid, Buffer.from('{"object":"message"'))
  expect(one.seqs(cid)).toEqual([1])
})

test('who says what it has is sent what is missing, from memory or from the store', async () => {
  for (let i = 0; i < 300; i++) world.store.append(cid, 1, { text: 'untold' })
  for (let i = 0; i < 10; i++) world.write()
  const one = await world.connect(hub, 1, { [cid]: 7 })
  await settled()
  expect(one.seqs(cid)).toEqual(upTo(310, 8))
  const reads = world.store.reads
  const two = await world.connect(hub, 2, { [cid]: 305 })
  expect(two.seqs(cid)).toEqual(upTo(310, 306))
  // Its heads, and nothing else.
  expect(world.store.reads).toBe(reads + 1)
})

test('who comes later is sent a message as it is by then: edited, or without its text once deleted', async () => {
  await world.connect(hub, 1)
  const { id } = world.write()
  world.change(id, { text: 'new' })
  const { id: deleted } = world.write()
  const before = await world.connect(hub, 2, { [cid]: 0 })
  world.change(deleted, 'deletion')
  const after = await world.connect(hub, 2, { [cid]: 0 })
  const textsOf = ({ of }: typeof before) => of('message').map(({ message }) => message.text)
  expect(textsOf(before)).toEqual(['new', 'x'])
  expect(textsOf(after)).toEqual(['new', ''])
  expect(after.of('message')[1]?.message).toMatchObject({ id: deleted, deleted: true })
  expect(before.of('deleted')).toEqual(after.of('deleted'))
  expect(world.store.reads).toBe(3)
})

test('an edit that the store has shown already is not counted twice', async () => {
  await world.connect(hub, 1)
  const { id } = (world.store.append(cid, 1, { text: 'old' }) as { body: { entry: { id: string } } }).body
    .entry
  world.store.change(cid, id, { text: 'new' })
  world.write()
  await settled()
  const late = await world.connect(hub, 2, { [cid]: 0 })
  expect(late.of('message')[0]?.message).toMatchObject({ text: 'new', rev: 1 })
  expect(late.of('edited')[0]?.message).toMatchObject({ text: 'new', rev: 1 })
})

test('who comes back to a quiet chat within a minute is served from memory', async () => {
  const one = await world.connect(hub, 1)
  for (let i = 0; i < 3; i++) world.write()
  await world.pass(120_000, hub)
  one.close()
  hub.leave(one.member)
  await world.pass(30_000, hub)
  const { reads } = world.store
  const again = await world.connect(hub, 1, { [cid]: 1 })
  await settled()
  expect(again.seqs(cid)).toEqual([2, 3])
  expect(world.store.reads).toBe(reads + 1)
})

test('more than 500 missing are a gap, and then it goes on', async () => {
  for (let i = 0; i < 600; i++) world.write()
  const one = await world.connect(hub, 1, { [cid]: 3 })
  await settled()
  expect(one.of('gap')).toEqual([{ type: 'gap', cid, from: 4, to: 600 }])
  world.write()
  expect(one.seqs(cid)).toEqual(upTo(601, 4))
})

test('an event that is lost is read once for all sockets, as soon as a later one comes', async () => {
  const fakes = await Promise.all([1, 2, 1, 2].map((uid) => world.connect(hub, uid)))
  world.store.append(cid, 1, { text: 'untold' })
  const reads = world.store.reads
  world.write()
  await settled()
  for (const fake of fakes) expect(fake.seqs(cid)).toEqual([1, 2])
  expect(world.store.reads).toBe(reads + 1)
})

test('the last event that is lost is found by comparing with the store, also after a break at once', async () => {
  const one = await world.connect(hub, 1)
  world.store.append(cid, 1, { text: 'untold' })
  await world.pass(6_000, hub)
  expect(one.seqs(cid)).toEqual([1])
  world.store.append(cid, 1, { text: 'untold' })
  world.bus.announceBreak()
  await settled()
  expect(one.seqs(cid)).toEqual([1, 2])
})

test('one of those who share chats is asked for, not each of them', async () => {
  const users = upTo(40)
  world.store.makeChat(cid, users)
  await Promise.all(users.map((uid) => world.connect(hub, uid)))
  const reads = world.store.reads
  await world.pass(6_000, hub)
  expect(world.store.reads - reads).toBeLessThan(10)
})

test('who reconnects while chats are compared is told of them as before', async () => {
  const { heads } = world.store.log
  let goOn = () => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  // Eight at once are compared: the others wait.
  for (let uid = 10; uid < 18; uid++) await world.connect(hub, uid)
  world.store.log.heads = async (uid) => {
    if (uid >= 10) await held
    return heads(uid)
  }
  const gone = await world.connect(hub, 2)
  world.bus.announceBreak()
  gone.close()
  hub.leave(gone.member)
  const again = await world.connect(hub, 2)
  goOn()
  await settled()
  world.changeMembers([], [2])
  world.write()
  expect(again.seqs(cid)).toEqual([1])
})

test('while the store is away nothing is lost', async () => {
  const one = await world.connect(hub, 1)
  world.store.append(cid, 1, { text: 'untold' })
  world.store.setAway(true)
  world.write()
  await world.pass(2_000, hub)
  expect(one.seqs(cid)).toEqual([])
  world.store.setAway(false)
  await world.pass(1_000, hub)
  expect(one.seqs(cid)).toEqual([1, 2])
})

test('without the store nobody is admitted', async () => {
  world.store.setAway(true)
  await expect(world.connect(hub, 1)).rejects.toMatchObject({ code: 5032 })
})

test('who is removed is told so, and nothing more', async () => {
  const [one, two] = [await world.connect(hub, 1), await world.connect(hub, 2)]
  world.changeMembers([], [2])
  world.write()
  await world.pass(30_000, hub)
  expect(two.seqs(cid)).toEqual([1])
  expect(one.seqs(cid)).toEqual([1, 2])
  expect(hub.typing(two.member, cid)).toBe(false)
})

test('who is removed while events were lost gets nothing of what came after, not even a gap', async () => {
  const two = await world.connect(hub, 2)
  await world.connect(hub, 1)
  world.store.append(cid, 1, { added: [], removed: [2] })
  for (let i = 0; i < 600; i++) world.store.append(cid, 1, { text: 'untold' })
  world.write()
  await world.pass(30_000, hub)
  expect(two.frames.filter(({ type }) => type !== 'presence')).toHaveLength(1)
})

test('an old event that comes again does not bring back who was removed', async () => {
  const two = await world.connect(hub, 2)
  const old = world.store.append(cid, 1, { text: 'x' })
  world.tell(old)
  world.changeMembers([], [2])
  world.tell(old)
  world.write()
  expect(two.seqs(cid)).toEqual([1, 2])
})

test('who is added gets the chat from there on; a new chat comes with its first message', async () => {
  const three = await world.connect(hub, 3)
  world.write()
  world.changeMembers([3], [])
  world.write()
  expect(three.seqs(cid)).toEqual([2, 3])
  world.store.makeChat(otherCid, [1, 3])
  world.write(1, otherCid)
  expect(three.seqs(otherCid)).toEqual([1])
})

test('who was added while the event was lost gets the chat by comparison', async () => {
  const three = await world.connect(hub, 3)
  world.store.append(cid, 1, { added: [3], removed: [] })
  await world.pass(70_000, hub)
  expect(three.seqs(cid)).toEqual([1])
})

test('a change of members while the chats are read is not missed', async () => {
  const fake = createFakeMember(2)
  const { heads } = world.store.log
  let isFirst = true
  world.store.log.heads = async (uid) => {
    const answer = await heads(uid)
    if (isFirst) world.changeMembers([], [2])
    isFirst = false
    return answer
  }
  await hub.admit(fake.member, {})
  world.write()
  expect(fake.seqs(cid)).toEqual([])
})

test('a message that is told before the answer of the store, which does not know it yet, is sent', async () => {
  world.write()
  const fake = createFakeMember(1)
  const { heads } = world.store.log
  world.store.log.heads = async (uid) => {
    const answer = await heads(uid)
    world.write()
    return answer
  }
  await hub.admit(fake.member, {})
  await settled()
  expect(fake.seqs(cid)).toEqual([2])
})

test('a chat that is new since the store was asked is not missing', async () => {
  const fake = createFakeMember(1)
  const { heads } = world.store.log
  let isFirst = true
  world.store.log.heads = async (uid) => {
    const answer = await heads(uid)
    if (isFirst) world.store.makeChat(otherCid, [1, 3])
    if (isFirst) world.write(3, otherCid)
    isFirst = false
    return answer
  }
  await hub.admit(fake.member, {})
  world.write(3, otherCid)
  expect(fake.of('ready')[0]?.chats).toEqual({ [cid]: 0, [otherCid]: 1 })
  expect(fake.seqs(otherCid)).toEqual([2])
})

test('an old answer of the store takes nobody out of a new chat', async () => {
  const one = await world.connect(hub, 1)
  const { heads } = world.store.log
  let isFirst = true
  world.store.log.heads = async (uid) => {
    const answer = await heads(uid)
    if (isFirst) world.store.makeChat(otherCid, [1, 3])
    if (isFirst) world.write(3, otherCid)
    isFirst = false
    return answer
  }
  await world.pass(6_000, hub)
  world.write(3, otherCid)
  await world.pass(70_000, hub)
  expect(one.seqs(otherCid)).toEqual([1, 2])
})

test('who is taken out of a chat and comes back is sent nothing twice', async () => {
  const two = await world.connect(hub, 2)
  world.write()
  world.changeMembers([], [2])
  world.write()
  world.changeMembers([2], [])
  world.write()
  await settled()
  expect(two.seqs(cid)).toEqual(upTo(5))
})

test('of more chats than the store names each is told, once, and from where the client has it', async () => {
  world.store.setMostHeads(1)
  world.store.makeChat(otherCid, [1, 3])
  for (let i = 0; i < 3; i++) world.write(3, otherCid)
  const [unnamed, named] = [await world.connect(hub, 1), await world.connect(hub, 1, { [otherCid]: 2 })]
  expect(unnamed.of('ready')[0]?.chats).toEqual({ [cid]: 0 })
  world.write(3, otherCid)
  await settled()
  expect([unnamed.seqs(otherCid), named.seqs(otherCid)]).toEqual([[4], [3, 4]])
  await world.pass(70_000, hub)
  expect(hub.typing(named.member, otherCid)).toBe(true)
  world.write(3, otherCid)
  expect([unnamed.seqs(otherCid), named.seqs(otherCid)]).toEqual([
    [4, 5],
    [3, 4, 5],
  ])
})

test('a slow client gets everything in the end, and little waits for it', async () => {
  const one = await world.connect(hub, 1)
  one.congest()
  for (let i = 0; i < 300; i++) world.write()
  await settled()
  expect(one.seqs(cid)).toEqual([])
  one.relieve()
  await settled()
  expect(one.seqs(cid)).toEqual(upTo(300))
})

test('resume sends again what follows', async () => {
  const one = await world.connect(hub, 1)
  for (let i = 0; i < 3; i++) world.write()
  hub.resume(one.member, { [cid]: 1, [otherCid]: 0 })
  await settled()
  expect(one.seqs(cid)).toEqual([1, 2, 3, 2, 3])
})

test('a user may have 20 sockets', async () => {
  for (let i = 0; i < 20; i++) await world.connect(hub, 1)
  await expect(world.connect(hub, 1)).rejects.toMatchObject({ code: 4290 })
  await world.connect(hub, 2)
})

test('reads and typing are told, typing not to whom it is about', async () => {
  const [one, two] = [await world.connect(hub, 1), await world.connect(hub, 2)]
  const stranger = await world.connect(hub, 3)
  expect(hub.typing(one.member, cid)).toBe(true)
  world.tell({ name: 'read', body: { cid, uid: 2, seq: 1, users: [1, 2] } })
  expect(hub.typing(stranger.member, cid)).toBe(false)
  expect([one, two, stranger].map((fake) => fake.of('typing').length)).toEqual([0, 1, 0])
  expect(two.of('typing')).toEqual([{ type: 'typing', cid, uid: 1 }])
  expect([one, two, stranger].map((fake) => fake.of('read').length)).toEqual([1, 1, 0])
})

test('a frame is serialised once, however many sockets it goes to', async () => {
  const sent: Buffer[] = []
  for (const uid of [1, 2, 1, 2]) {
    const { member } = await world.connect(hub, uid)
    member.send = (frame) => void sent.push(frame)
  }
  world.write()
  expect(sent).toHaveLength(4)
  expect(new Set(sent).size).toBe(1)
})

test('whatever is lost, doubled or late: two backends, clients that change between them, each entry once in order', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constant('write' as const) },
    { weight: 2, arbitrary: fc.constant('move' as const) },
    { weight: 1, arbitrary: fc.constant('pause' as const) },
  )
  const fate = fc.constantFrom('arrives', 'arrives', 'lost', 'twice', 'late')
  const history = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 60 }),
    fates: fc.infiniteStream(fate),
  })
  await fc.assert(
    fc.asyncProperty(history, async ({ steps, fates }) => {
      const held: BusEvent[] = []
      const mangled = createWorld((event) => {
        if (event.name !== 'message') return [event]
        const late = held.splice(0)
        switch (fates.next().value) {
          case 'lost':
            return late
          case 'twice':
            return [event, ...late, event]
          case 'late':
            held.push(event)
            return late
          default:
            return [event, ...late]
        }
      })
      const hubs = [mangled.newHub(), mangled.newHub()] as const
      mangled.store.makeChat(cid, [1, 2])
      const seen: number[] = []
      let at = 0
      let client = await mangled.connect(hubs[0], 2, { [cid]: 0 })
      let written = 0
      for (const one of steps) {
        if (one === 'write') {
          mangled.write()
          written++
        } else if (one === 'pause') {
          await settled()
        } else {
          client.close()
          hubs[at % 2 === 0 ? 0 : 1].leave(client.member)
          seen.push(...client.seqs(cid))
          at++
          client = await mangled.connect(hubs[at % 2 === 0 ? 0 : 1], 2, { [cid]: seen.length })
        }
      }
      await mangled.pass(6_000, ...hubs)
      seen.push(...client.seqs(cid))
      expect(seen).toEqual(upTo(written))
    }),
    { numRuns: 100 },
  )
})
