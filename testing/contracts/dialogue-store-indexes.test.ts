import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Chat, Message } from '@roundtable/common/dialogue-wire'
import { randomResourceId } from '@roundtable/common/resource-id'
import type { CommandStartedEvent, Document } from 'mongodb'
import { describeWith } from '../servers/needs.ts'
import { startMongoWorld } from './dialogue-mongo.ts'
import { newChat, newMessage, someUser } from './dialogue-requests.ts'

/** The field each collection is sharded by, hashed. */
const shardKeys: Record<string, string> = { log: 'cid', userChats: 'uid' }

describeWith('mongod', 'the commands of the dialogue store', () => {
  let world: Awaited<ReturnType<typeof startMongoWorld>>
  let hot: Document[]
  beforeAll(async () => {
    world = await startMongoWorld()
    const [a, b, c] = [someUser(), someUser(), someUser()]
    const chats: Chat[] = []
    for (let i = 0; i < 20; i += 1) chats.push(await world.witness.chats.create(newChat(a, b)))
    const [chat] = chats
    if (!chat) throw new Error('no chat')
    const messages: Message[] = []
    for (let i = 0; i < 50; i += 1) {
      messages.push(await world.witness.messages.append(newMessage(chat.id, a)))
    }

    hot = await commandsSentBy(async () => {
      const store = world.storeOn(world.run)
      await store.chats.create(newChat(a, b))
      await store.chats.get(chat.id, a)
      const { nextCursor } = await store.chats.list({ uid: a, limit: 5 })
      await store.chats.list({ uid: a, limit: 5, cursor: `${nextCursor}` })
      await store.chats.changeMembers(chat.id, a, { change: randomResourceId(), rev: 0, users: [a, c] })
      const request = newMessage(chat.id, a)
      const { id, cid, uid } = await store.messages.append(request)
      await store.messages.append(request)
      const edit = { edit: randomResourceId(), cid, uid, rev: 0, txt: 'Edited' }
      await store.messages.edit(id, edit)
      await store.messages.edit(id, edit)
      await store.messages.remove(id, { cid, uid })
      await store.messages.get(id, { cid, uid })
      await store.messages.after({ cid, uid, after: 40, limit: 30 })
      await store.chats.markRead(cid, { uid, seq: 45 })
      await store.chats.readMarks(cid, uid)
      await store.chats.heads(uid)
      await store.chats.list({ uid, limit: 20 })
      await store.messages.list({ cid: chat.id, uid: a, limit: 5 })
      await store.messages.list({ cid: chat.id, uid: a, limit: 5, cursor: `${messages[30]?.id}` })
      await store.close()
    })
  })
  afterAll(() => world?.close())

  /** What the driver puts on the wire meanwhile; the sweeps of the other node are left out. */
  async function commandsSentBy(work: () => Promise<void>): Promise<Document[]> {
    const sent: Document[] = []
    const listen = (event: CommandStartedEvent) => void sent.push(event.command)
    world.client.on('commandStarted', listen)
    await work()
    world.client.off('commandStarted', listen)
    return sent
  }

  test('name their shard key by equality', () => {
    const seen = new Set<string>()
    for (const command of hot) {
      for (const [kind, selects] of Object.entries(selectorsOf)) {
        const collection = command[kind]
        if (typeof collection !== 'string') continue
        const key = shardKeys[collection] ?? 'a collection nobody knows'
        for (const selector of selects(command)) {
          const value = selector[key]
          const isOfSeveral = kind === 'find' && Array.isArray(value?.$in)
          if (!isOfSeveral) expect([kind, collection, value]).toEqual([kind, collection, plainValue])
          seen.add(`${kind} ${collection}`)
        }
      }
    }
    expect([...seen].toSorted()).toEqual([
      'delete userChats',
      'find log',
      'find userChats',
      'insert log',
      'update log',
      'update userChats',
    ])
  })

  const selectorsOf: Record<string, (command: Document) => Document[]> = {
    find: (command) => [command.filter],
    insert: (command) => command.documents,
    update: (command) => command.updates.map((update: Document) => update.q),
    delete: (command) => command.deletes.map((deletion: Document) => deletion.q),
  }

  /** A number or an id, and no operator. */
  const plainValue = {
    asymmetricMatch: (value: unknown): boolean =>
      typeof value === 'number' ||
      (typeof value === 'object' && value !== null && '_bsontype' in value && value._bsontype === 'ObjectId'),
    toString: () => 'a value to be equal to',
  }

  test('read by an index, in its order, and no more than they answer', async () => {
    const finds = hot.filter((command) => command.find)
    expect(finds.length).toBeGreaterThanOrEqual(8)
    for (const { find, filter, sort, projection, hint, limit } of finds) {
      const command = {
        find,
        filter,
        limit,
        ...(sort && { sort }),
        ...(projection && { projection }),
        ...(hint && { hint }),
      }
      const plan = await world.db.command({ explain: command, verbosity: 'executionStats' })
      const stages = stagesOf(plan.queryPlanner.winningPlan)
      const what = JSON.stringify({ find, filter, sort, stages })
      expect([what, stages.some((stage) => stage === 'IXSCAN' || stage === 'IDHACK')]).toEqual([what, true])
      expect([what, stages.includes('COLLSCAN'), stages.includes('SORT')]).toEqual([what, false, false])
      // One more: the row that the cursor of a list names is looked at again.
      expect(plan.executionStats.totalDocsExamined).toBeLessThanOrEqual(limit + 1)
      // Looking for several ids takes a step beyond each of them.
      expect(plan.executionStats.totalKeysExamined).toBeLessThanOrEqual(2 * limit + 1)
      expect(plan.executionStats.nReturned).toBeLessThanOrEqual(limit)
    }
  })

  function stagesOf(plan: Document): string[] {
    const inner = [plan.inputStage, ...(plan.inputStages ?? []), plan.queryPlan].filter(Boolean)
    return [...(plan.stage ? [plan.stage] : []), ...inner.flatMap(stagesOf)]
  }

  test.each([
    ['unsettled', { unsettled: { $gte: new Date(0), $lt: new Date() } }, { unsettled: 1 }],
    ['owed', { 'owed.at': { $lt: new Date() } }, { 'owed.at': 1 }],
  ])('find what was left behind %s by an index', async (_, filter, hint) => {
    const plan = await world.db.command({ explain: { find: 'log', filter, hint } })
    const { winningPlan } = plan.queryPlanner
    expect(stagesOf(winningPlan)).toEqual(['FETCH', 'IXSCAN'])
    expect(winningPlan.filter).toBeUndefined()
  })
})
