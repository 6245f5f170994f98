import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import type { RunCommand } from '@roundtable/dialogue/mongo/commands'
import type { Document } from 'mongodb'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { editOf } from './dialogue-edits.ts'
import { startMongoWorld } from './dialogue-mongo.ts'
import { allChats, allMessages, newChat, newMessage, someUser } from './dialogue-requests.ts'

describeWith('mongod', 'what requests cost in commands', () => {
  let world: Awaited<ReturnType<typeof startMongoWorld>>
  const [a, b] = [someUser(), someUser()]
  const cids: string[] = []
  let sent: Document[] = []
  let store: DialogueStore
  beforeAll(async () => {
    world = await startMongoWorld()
    const run: RunCommand = (command, timeoutMs) => {
      sent.push(command)
      return world.run(command, timeoutMs)
    }
    store = world.storeOn(run)
    for (let i = 0; i < 60; i += 1) {
      const { id } = await world.witness.chats.create(newChat(a, b))
      for (let j = 0; j < i % 4; j += 1) await world.witness.messages.append(newMessage(id, b))
      cids.push(id)
    }
    await untilSettled()
  })
  afterAll(async () => {
    await store?.close()
    await world?.close()
  })

  async function untilSettled(): Promise<void> {
    await waitUntil('all is settled', async () => {
      return (await world.db.collection('log').countDocuments({ unsettled: { $exists: true } })) === 0
    })
  }

  /** The commands that the work sends, by kind and collection. */
  async function commandsOf(work: () => Promise<unknown>): Promise<string[]> {
    sent = []
    await work()
    return sent.map((command) => Object.entries(command).slice(0, 1).flat().join(' '))
  }

  test('a list of 50 chats is three finds, and a fourth when something is new in them', async () => {
    const list = () => store.chats.list({ uid: a, limit: 50 })
    expect(await commandsOf(list)).toEqual(['find userChats', 'find log', 'find log'])
    for (const cid of cids.slice(20)) await world.storeOn(world.run).messages.append(newMessage(cid, b))
    const commands = await commandsOf(list)
    expect(commands.slice(3).length).toBeLessThanOrEqual(1)
    for (const { id, unread, lastSeq } of await allChats(store, { uid: a })) {
      const messages = await allMessages(world.witness, { cid: id, uid: a })
      expect([id, unread, lastSeq]).toEqual([id, messages.length, messages.length])
    }
  })

  test('the heads of all chats are as many', async () => {
    await untilSettled()
    expect(await commandsOf(() => store.chats.heads(a))).toEqual(['find userChats', 'find log', 'find log'])
  })

  test('the newest page is one find, and a message is one more and an insert', async () => {
    const [cid = ''] = cids
    expect(await commandsOf(() => store.messages.list({ cid, uid: a, limit: 100 }))).toEqual(['find log'])
    expect(await commandsOf(() => store.messages.append(newMessage(cid, a)))).toEqual([
      'find log',
      'insert log',
    ])
  })

  test('edits cost a page one find for each run of them', async () => {
    const { id: cid } = await world.witness.chats.create(newChat(a))
    for (let i = 0; i < 3; i += 1) {
      let message = await world.witness.messages.append(newMessage(cid, a))
      for (let j = 0; j < 20; j += 1) message = await world.witness.messages.edit(message.id, editOf(message))
    }
    const commands = await commandsOf(() => store.messages.list({ cid, uid: a, limit: 5 }))
    expect(commands.length).toBeLessThanOrEqual(4)
  })

  test('chats of an older version, which have no summaries, are summed up once', async () => {
    const [older, newer] = [someUser(), someUser()]
    const chats: string[] = []
    for (let i = 0; i < 3; i += 1) {
      const { id } = await world.witness.chats.create(newChat(older, newer))
      for (let j = 0; j < 5; j += 1) await world.witness.messages.append(newMessage(id, newer))
      chats.push(id)
    }
    await untilSettled()
    await world.db.collection('log').updateMany({ users: older }, { $unset: { summary: 1 } })
    const fresh = world.storeOn(world.run)
    const listed = await fresh.chats.list({ uid: older, limit: 10 })
    expect(listed.data.map(({ lastSeq, unread }) => [lastSeq, unread])).toEqual(Array(3).fill([5, 5]))
    expect(Object.values((await fresh.chats.heads(older)).chats)).toEqual([5, 5, 5])
    // Its closing settles what it has seen.
    await fresh.close()
    const summed = await world.db.collection('log').countDocuments({ users: older, 'summary.seq': 5 })
    expect(summed).toBe(3)
  })

  test('many of them do not take all connections', async () => {
    const reader = someUser()
    for (let i = 0; i < 40; i += 1) {
      const { id } = await world.witness.chats.create(newChat(reader))
      await world.witness.messages.append(newMessage(id, reader))
    }
    await untilSettled()
    await world.db.collection('log').updateMany({ users: reader }, { $unset: { summary: 1 } })
    let under = 0
    let most = 0
    const counting = world.storeOn(async (command, timeoutMs) => {
      under += 1
      most = Math.max(most, under)
      return await world.run(command, timeoutMs).finally(() => (under -= 1))
    })
    expect((await counting.chats.list({ uid: reader, limit: 40 })).data).toHaveLength(40)
    expect(Object.keys((await counting.chats.heads(reader)).chats)).toHaveLength(40)
    expect(most).toBeLessThan(16)
    await counting.close()
  })

  test('a search in many chats asks a bounded number of them for each page', async () => {
    const search = () => store.messages.search({ uid: a, q: 'nowhere', limit: 5 })
    expect((await commandsOf(search)).length).toBeLessThanOrEqual(2 + 40)
  })
})
