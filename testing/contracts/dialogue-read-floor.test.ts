import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import { startBudget } from '@roundtable/dialogue/mongo/budget'
import { createCommands } from '@roundtable/dialogue/mongo/commands'
import { runOn } from '@roundtable/dialogue/mongo/connect'
import { createReadFloor } from '@roundtable/dialogue/mongo/read-floor'
import { openMongoStore } from '@roundtable/dialogue/mongo-store'
import { MongoClient, ObjectId } from 'mongodb'
import { type MongoReplicaSet, startMongoReplicaSet } from '../servers/mongo-replica-set.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { silentLogger } from './dialogue-logger.ts'
import { chatOf, newMessage, refusal, someUser } from './dialogue-requests.ts'

describeWith('mongod', 'reads of a replica set', () => {
  let set: MongoReplicaSet
  let store: DialogueStore
  let client: MongoClient
  beforeAll(async () => {
    set = await startMongoReplicaSet({ proxied: false })
    store = await openMongoStore({ dsn: set.dsn, database: 'dialogue', logger: silentLogger })
    client = await new MongoClient(set.dsn).connect()
  })
  afterAll(async () => {
    await client?.close()
    await store?.close()
    await set?.close()
  })

  test('wait, of a primary that knows of an older majority only, until all that was heard of is on one', async () => {
    const uid = someUser()
    const chat = await chatOf(store, uid)
    const first = await store.messages.append(newMessage(chat.id, uid))
    const list = () => store.messages.list({ cid: chat.id, uid, limit: 10 })
    expect((await list()).data).toEqual([first])

    const primary = await set.primary()
    const others = set.members.filter((member) => member !== primary)
    const replicate = (mode: 'alwaysOn' | 'off') =>
      Promise.all(others.map((member) => member.command({ configureFailPoint: 'stopReplProducer', mode })))
    await replicate('alwaysOn')
    try {
      const log = client.db('dialogue').collection('log')
      const entry = await log.findOne({ cid: new ObjectId(chat.id), seq: 1 })
      await log.insertOne({ ...entry, _id: new ObjectId(), seq: 2 }, { writeConcern: { w: 1 } })
      await waitUntil('reads wait for it', async () => {
        const outcome = await list().catch((error: unknown) => error)
        if (outcome instanceof Error) expect(outcome).toEqual(refusal(5032))
        return outcome instanceof Error
      })
    } finally {
      await replicate('off')
    }
    await waitUntil('reads show it', async () => {
      const page = await list().catch(() => undefined)
      return page?.data.length === 2
    })
  })

  test('are not held up by a write that was refused while nobody else writes', async () => {
    const db = client.db('floor')
    let ms = 0
    const floor = createReadFloor(() => ms)
    const insertion = { insert: 'log', documents: [{ _id: 1 }], writeConcern: { w: 'majority' } }
    await db.command(insertion)
    await waitUntil('the clock has gone on, past the last write', async () => {
      expect((await db.command(insertion)).writeErrors).toHaveLength(1)
      const hello = await db.command({ hello: 1 })
      // Twice: what is heard becomes the floor a second later.
      for (const second of [1_000, 1_000]) {
        ms += second
        floor.heard(hello)
      }
      return hello.$clusterTime.clusterTime.greaterThan(hello.lastWrite.opTime.ts)
    })
    const commands = createCommands(runOn(db), floor.now)
    expect(await commands.find({ find: 'log', filter: { _id: 1 }, limit: 1 }, startBudget())).toEqual([
      { _id: 1 },
    ])
  })
})
