import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import { openMongoStore } from '@roundtable/dialogue/mongo-store'
import { MongoClient, ObjectId } from 'mongodb'
import { type MongoReplicaSet, startMongoReplicaSet } from '../servers/mongo-replica-set.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { silentLogger } from './dialogue-logger.ts'
import { chatOf, newMessage, refusal, someUser } from './dialogue-requests.ts'

describeWith('mongod', 'a primary that knows of an older majority only, as one just elected does', () => {
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

  test('is not believed: a read waits until all that was heard of is on a majority', async () => {
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
})
