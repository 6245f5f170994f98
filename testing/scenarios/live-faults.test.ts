import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { maxUnread } from '@roundtable/common/dialogue-wire'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { type ApiClient, createApiClient } from '../load/api-client.ts'
import { type Member, openRoom, type Room, signUpCrowd } from '../load/crowd.ts'
import { followLive, type LiveFollower } from '../load/follow-live.ts'
import { startWriters } from '../load/live-writers.ts'
import { startMongod } from '../servers/mongod.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'

const messages = 10_000
const ratePerS = 200
const patienceMs = 300_000
const pageSize = 200

interface Entry {
  seq: number
  uid: number
  text: string
}

describeWith('mongod', 'live through faults', () => {
  describeWith('kafka-server', 'events in Kafka', () => {
    let system: Constellation
    let client: ApiClient
    let closers: (() => Promise<unknown>)[]
    beforeEach(async () => {
      const mongod = await startMongod()
      closers = [() => mongod.close()]
      system = await startConstellation({ nodes: 3, backends: 2, bus: 'kafka', mongoDsn: mongod.dsn })
      closers.push(() => system.close())
      client = createApiClient(urls)
      closers.push(() => client.close())
    }, patienceMs)
    afterEach(async () => {
      for (const close of closers.reverse()) await close()
    }, patienceMs)
    const urls = () => system.backends.map(({ url }) => url)

    test(
      'each client ends with each message once and in order, whatever is killed meanwhile',
      async () => {
        const crowd = await signUpCrowd(client, 10)
        const rooms: Room[] = []
        for (let i = 0; i < 20; i++) rooms.push(await openRoom(client, crowd[i % 10] as Member, crowd))
        const fromTheStart = Object.fromEntries(rooms.map(({ cid }) => [cid, 0]))
        // They write through the first backend and read from the second, as long as there are both.
        const followers = crowd.map(({ token }) =>
          followLive({ backends: urls, token, first: 1, has: fromTheStart }),
        )
        closers.push(() => Promise.all(followers.map((follower) => follower.stop())))
        await waitUntil('all are connected', () => followers.every(({ isReady }) => isReady))

        const work = startWriters({ client, rooms, messages, ratePerS, atOnce: crowd.length })
        await Promise.all([work.done, killInTurn(() => work.acknowledged.length)])
        expect(work.acknowledged).toHaveLength(messages)

        const logs = new Map<string, Entry[]>()
        for (const { cid, owner } of rooms) logs.set(cid, await readLog(owner, cid))
        expectEachStoredOnce(logs, work.acknowledged)
        for (const follower of followers) await expectAllSeen(follower, logs)
        await expectUnreadIsARecount(crowd, logs)
      },
      patienceMs,
    )

    /** Each node, one backend and Kafka: killed, and started again when some more messages were written. */
    async function killInTurn(written: () => number): Promise<void> {
      const someMore = async (): Promise<void> => {
        const goal = written() + 300
        await waitUntil('more messages', () => written() >= goal || written() === messages)
      }
      for (const [id, node] of [...system.nodes]) {
        node.process.signal('SIGKILL')
        await node.process.exited
        await someMore()
        await system.startNode(id, { port: Number(new URL(node.url).port) })
      }
      system.backends[1]?.process.signal('SIGKILL')
      await someMore()
      await system.startBackendAgain(1)
      await system.bus.kill()
      await someMore()
      await system.bus.startAgain()
    }

    async function readLog({ token }: Member, cid: string): Promise<Entry[]> {
      const log: Entry[] = []
      for (;;) {
        const path = `/v1/chats/${cid}/messages?after=${log.at(-1)?.seq ?? 0}&limit=${pageSize}`
        const { status, body } = await client.call({ method: 'GET', path, token }, 0)
        expect(status).toBe(200)
        if (!body.data?.length) return log
        log.push(...body.data.map(({ seq = 0, uid = 0, text = '' }) => ({ seq, uid, text })))
      }
    }

    async function expectUnreadIsARecount(
      crowd: readonly Member[],
      logs: ReadonlyMap<string, readonly Entry[]>,
    ): Promise<void> {
      for (const [number, { uid, token }] of crowd.entries()) {
        for (const [cid, log] of logs) {
          // Everybody has read up to elsewhere, the first one nothing.
          const seq = log.length - 12 * number
          const call = { method: 'POST', path: `/v1/chats/${cid}/read`, body: { seq }, token } as const
          if (number > 0) expect((await client.call(call, 0)).status).toBe(200)
          const after = number > 0 ? seq : 0
          const others = log.filter((entry) => entry.seq > after && entry.uid !== uid).length
          const { body } = await client.call({ method: 'GET', path: `/v1/chats/${cid}`, token }, 1)
          expect(body).toMatchObject({ unread: Math.min(others, maxUnread), lastSeq: log.length })
        }
      }
    }
  })
})

function expectEachStoredOnce(
  logs: ReadonlyMap<string, readonly Entry[]>,
  acknowledged: readonly { cid: string; seq: number; text: string }[],
): void {
  const stored = [...logs.values()].flat()
  expect(stored).toHaveLength(messages)
  for (const log of logs.values()) expect(log.map(({ seq }) => seq)).toEqual(log.map((_, i) => i + 1))
  for (const { cid, seq, text } of acknowledged) expect(logs.get(cid)?.[seq - 1]?.text).toBe(text)
}

async function expectAllSeen(
  follower: LiveFollower,
  logs: ReadonlyMap<string, readonly Entry[]>,
): Promise<void> {
  const lastSeen = (cid: string) => follower.seen.get(cid)?.at(-1) ?? 0
  await waitUntil('it has seen the end of each log', () =>
    [...logs].every(([cid, log]) => lastSeen(cid) >= log.length),
  )
  for (const [cid, log] of logs) expect(follower.seen.get(cid)).toEqual(log.map(({ seq }) => seq))
  for (const { message } of follower.frames) {
    if (typeof message !== 'object') continue
    expect(logs.get(message.cid)?.[message.seq - 1]?.text).toBe(message.text)
  }
}
