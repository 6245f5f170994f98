import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import type { RunCommand } from '@roundtable/dialogue/mongo/commands'
import { runOn } from '@roundtable/dialogue/mongo/connect'
import { createMongoStore, openMongoStore } from '@roundtable/dialogue/mongo-store'
import { type Document, MongoClient, MongoNetworkError } from 'mongodb'
import { startMongod } from '../servers/mongod.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { silentLogger } from './dialogue-logger.ts'
import { stillTiming } from './dialogue-mongo.ts'
import { chatOf, newMessage, someUser } from './dialogue-requests.ts'

/** More than are settled at once. */
const many = 150

describeWith('mongod', 'a chat whose activity cannot be settled', () => {
  let mongod: Awaited<ReturnType<typeof startMongod>>
  let client: MongoClient
  const stores: DialogueStore[] = []
  beforeAll(async () => {
    mongod = await startMongod()
    client = new MongoClient(mongod.dsn)
    const { dsn } = mongod
    stores.push(
      await openMongoStore({ dsn, database: 'activity', logger: silentLogger, timing: stillTiming }),
    )
  })
  afterAll(async () => {
    for (const store of stores) await store.close()
    await client?.close()
    await mongod?.close()
  })

  const run: RunCommand = (command, timeoutMs) => runOn(client.db('activity'))(command, timeoutMs)

  function storeOn(meddled: RunCommand, timing: object): DialogueStore {
    const store = createMongoStore({
      run: meddled,
      logger: silentLogger,
      timing: { ...stillTiming, ...timing },
    })
    stores.push(store)
    return store
  }

  /** A chat with one message, which carries the mark. */
  async function writeIn(store: DialogueStore): Promise<string> {
    const uid = someUser()
    const { id } = await chatOf(store, uid)
    await store.messages.append(newMessage(id, uid))
    return id
  }

  async function marked(): Promise<string[]> {
    const entries = await client
      .db('activity')
      .collection('log')
      .find({ unsettled: { $exists: true } })
      .toArray()
    return entries.map(({ cid }) => cid.toHexString())
  }

  const settlesOf = (command: Document): string[] =>
    (command.filter?.cid?.$in ?? []).map((cid: { toHexString(): string }) => cid.toHexString())

  test('does not keep a sweep from those found with it', async () => {
    const dead = storeOn(run, {})
    const chats: string[] = []
    for (let i = 0; i < many; i += 1) chats.push(await writeIn(dead))
    const [stuck = ''] = chats
    let isStuck = true
    const meddled: RunCommand = async (command, timeoutMs) => {
      if (isStuck && settlesOf(command).includes(stuck)) throw new MongoNetworkError('it took too long')
      return await run(command, timeoutMs)
    }
    const sweeping = storeOn(meddled, { sweepEveryMs: 20, leftBehindMs: 1 })
    await waitUntil('all others are settled', async () => (await marked()).join() === stuck)
    isStuck = false
    await waitUntil('it is settled too', async () => (await marked()).length === 0)
    await sweeping.close()
  })

  test('does not keep a node from those it noted after it', async () => {
    let go = (): void => {}
    const told = new Promise<void>((resolve) => (go = resolve))
    let stuck = ''
    let settling = false
    const meddled: RunCommand = async (command, timeoutMs) => {
      const chats = settlesOf(command)
      settling ||= chats.length > 0
      if (chats.length > 0) await told
      if (chats.includes(stuck)) throw new MongoNetworkError('it took too long')
      return await run(command, timeoutMs)
    }
    const node = storeOn(meddled, { settleEveryMs: 20 })
    // While the first one is being settled, all others are noted: they are settled together after it.
    await writeIn(node)
    await waitUntil('the first is being settled', () => settling)
    stuck = await writeIn(node)
    let last = ''
    for (let i = 1; i < many; i += 1) last = await writeIn(node)
    go()
    await waitUntil('the last is settled', async () => !(await marked()).includes(last))
    expect(await marked()).toContain(stuck)
  })
})
