import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { MongoClient } from 'mongodb'
import { type MongoReplicaSet, startMongoReplicaSet } from './mongo-replica-set.ts'
import { describeWith } from './needs.ts'
import { waitUntil } from './wait-until.ts'

describeWith('mongod', 'a MongoDB replica set', () => {
  let set: MongoReplicaSet
  let client: MongoClient
  const things = () => client.db('test').collection<{ _id: string }>('things')
  /** Written on a majority, however long that takes; a repetition finds it there. */
  const store = (_id: string) =>
    waitUntil(`${_id} is stored`, async () => {
      await things().updateOne({ _id }, { $set: { _id } }, { upsert: true })
      return true
    })
  const stored = async () => (await things().find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id)

  beforeAll(async () => {
    set = await startMongoReplicaSet({
      settings: { electionTimeoutMillis: 2_000, catchUpTimeoutMillis: 1_000 },
      parameters: { oplogFetcherSteadyStateMaxFetcherRestarts: 0, oplogNetworkTimeoutBufferSeconds: 1 },
    })
    client = await new MongoClient(set.dsn, {
      writeConcern: { w: 'majority' },
      socketTimeoutMS: 3_000,
      serverSelectionTimeoutMS: 3_000,
    }).connect()
  })
  afterAll(async () => {
    await client?.close()
    await set?.close()
  })
  afterEach(async () => {
    set.heal()
    await set.untilWhole()
    await things().deleteMany({})
  })

  test('is named to clients by its proxies', async () => {
    const { hosts } = await client.db('admin').command({ hello: 1 })
    expect(hosts).toEqual(set.members.map(({ proxy }) => `127.0.0.1:${proxy.port}`))
  })

  test('has another primary when it is killed, and the old one follows it later', async () => {
    await store('before')
    const old = await set.primary()
    old.process.signal('SIGKILL')
    await old.process.exited
    const next = await set.primary()
    expect(next.index).not.toBe(old.index)
    await store('meanwhile')
    await old.startAgain()
    await set.untilWhole()
    expect(await stored()).toEqual(['before', 'meanwhile'])
  })

  test('has another primary when it is partitioned; the old one steps down and follows when it is healed', async () => {
    await store('before')
    const old = await set.primary()
    await set.partition(old)
    const next = await set.primary()
    expect(next.index).not.toBe(old.index)
    await store('meanwhile')
    await waitUntil('the old primary has stepped down', async () => {
      const { isWritablePrimary } = await old.command({ hello: 1 })
      return isWritablePrimary === false
    })
    const { members } = await old.command({ replSetGetStatus: 1 })
    expect(members.map(({ health }: { health: number }) => health).sort()).toEqual([0, 0, 1])
    const { lastCommitted } = await lastWrites(old)
    expect(lastCommitted).toBeLessThan((await lastWrites(next)).lastCommitted)
    set.heal()
    await set.untilWhole()
    expect(await stored()).toEqual(['before', 'meanwhile'])
    const newest = (await lastWrites(await set.primary())).lastCommitted
    await waitUntil('the old primary has what was written', async () => {
      return (await lastWrites(old)).lastCommitted >= newest
    })
  })

  async function lastWrites(member: MongoReplicaSet['members'][number]) {
    const { lastWrite } = await member.command({ hello: 1 })
    return { lastCommitted: Number(lastWrite.majorityOpTime.ts.toBigInt()) }
  }

  test('goes on when a secondary is partitioned, which loses no client of the others', async () => {
    const primary = await set.primary()
    const secondary = set.members.find(({ index }) => index !== primary.index)
    if (secondary === undefined) throw new Error('a set of three has a secondary')
    await set.partition(secondary)
    await waitUntil('the primary misses it', async () => {
      const { members } = await primary.command({ replSetGetStatus: 1 })
      return members[secondary.index].health === 0
    })
    await store('meanwhile')
    expect((await set.primary()).index).toBe(primary.index)
  })

  test('fails commands when it is told to, until it is told not to', async () => {
    const primary = await set.primary()
    await set.failCommand(primary, { failCommands: ['insert'], errorCode: 14031 })
    await expect(things().insertOne({ _id: 'a' })).rejects.toMatchObject({ code: 14031 })
    await set.failCommand(primary, { failCommands: ['insert'], errorCode: 14031 }, { times: 1 })
    await expect(things().insertOne({ _id: 'a' })).rejects.toMatchObject({ code: 14031 })
    await things().insertOne({ _id: 'b' })
    await set.failCommand(primary, { failCommands: ['insert'], errorCode: 14031 })
    await set.failCommandOff(primary)
    await things().insertOne({ _id: 'c' })
    expect(await stored()).toEqual(['b', 'c'])
  })
})
