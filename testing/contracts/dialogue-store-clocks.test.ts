import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ActivityTiming } from '@roundtable/dialogue/chats/mongo-activity'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import { runOn } from '@roundtable/dialogue/mongo/connect'
import { createMongoStore, openMongoStore } from '@roundtable/dialogue/mongo-store'
import { MongoClient } from 'mongodb'
import { startMongod } from '../servers/mongod.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { silentLogger } from './dialogue-logger.ts'
import { stillTiming } from './dialogue-mongo.ts'
import { allChats, chatOf, newMessage, persisting, someUser } from './dialogue-requests.ts'

const tenMinutes = 600_000
const wrongClocks = [
  ['ahead', tenMinutes],
  ['behind', -tenMinutes],
] as const

describeWith('mongod', 'a node whose clock is wrong', () => {
  let mongod: Awaited<ReturnType<typeof startMongod>>
  let client: MongoClient
  const closers: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    mongod = await startMongod()
    client = new MongoClient(mongod.dsn)
  })
  afterAll(async () => {
    for (const close of closers.reverse()) await close()
    await client?.close()
    await mongod?.close()
  })

  async function openStore(
    offByMs: number,
    timing: Partial<ActivityTiming> = { settleEveryMs: 50, sweepEveryMs: 1_000_000 },
  ) {
    const store = await openMongoStore({
      dsn: mongod.dsn,
      database: 'clocks',
      logger: silentLogger,
      ownNow: () => Date.now() + offByMs,
      timing,
    })
    closers.push(() => store.close())
    return persisting(store)
  }

  /** A node that never settles what it stored, as if it died: it leaves its marks behind. */
  function dyingStore(markAgeMs: number): DialogueStore {
    const run = runOn(client.db('clocks'))
    const now = () => Date.now() - markAgeMs
    return persisting(createMongoStore({ run, logger: silentLogger, timing: stillTiming, now }))
  }

  const messages = () => client.db('clocks').collection('log')
  const hasMark = async (cid: string) => {
    const marked = await messages()
      .find({ unsettled: { $exists: true } })
      .toArray()
    return marked.some((message) => message.cid.toHexString() === cid)
  }

  /** Longer than what is heard of the database's clock may be late. */
  const aMoment = () => new Promise((resolve) => setTimeout(resolve, 300))

  test.each(wrongClocks)('that is %s: lists are ordered by what happened last', async (_, offByMs) => {
    const [wrong, right] = [await openStore(offByMs), await openStore(0)]
    const [a, b] = [someUser(), someUser()]
    const byWrong = await chatOf(wrong, a, b)
    await aMoment()
    const byRight = await chatOf(right, a, b)
    const listed = async () => (await allChats(right, { uid: b })).map(({ id }) => id)
    expect(await listed()).toEqual([byRight.id, byWrong.id])

    const turns = [
      [wrong, byWrong],
      [right, byRight],
      [wrong, byWrong],
      [right, byRight],
    ] as const
    for (const [store, { id }] of turns) {
      await aMoment()
      await store.messages.append(newMessage(id, a))
      await waitUntil('the list knows of it', async () => !(await hasMark(id)))
      expect((await listed())[0]).toBe(id)
    }
  })

  test.each(wrongClocks)('that is %s: what it creates bears the right time', async (_, offByMs) => {
    const store = await openStore(offByMs)
    const a = someUser()
    const { id, createdAt } = await chatOf(store, a)
    const message = await store.messages.append(newMessage(id, a))
    for (const at of [createdAt, message.createdAt]) {
      expect(Math.abs(at - Date.now() / 1_000)).toBeLessThan(60)
    }
  })

  test.each(wrongClocks)(
    'that is %s: it sweeps the marks that were left behind, no others',
    async (_, offByMs) => {
      const [long, fresh] = [dyingStore(120_000), dyingStore(0)]
      const a = someUser()
      const { id: left } = await chatOf(long, a)
      const { id: underWay } = await chatOf(fresh, a)
      await fresh.messages.append(newMessage(underWay, a))
      await long.messages.append(newMessage(left, a))
      await openStore(offByMs, { settleEveryMs: 1_000_000, sweepEveryMs: 50, leftBehindMs: 60_000 })
      await waitUntil('the mark that was left behind is gone', async () => !(await hasMark(left)))
      expect(await hasMark(underWay)).toBe(true)
    },
  )
})
