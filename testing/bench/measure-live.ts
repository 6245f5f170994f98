import { setTimeout as sleep } from 'node:timers/promises'
import { type Member, openRoom, type Room } from '../load/crowd.ts'
import { connectLive, type LiveConnection, type LiveFrame, placesOf } from '../load/live-client.ts'
import { startWriters } from '../load/live-writers.ts'
import { median } from '../report/median.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { takeSample } from '../soak/process-sampler.ts'
import type { LiveSystem } from './live-system.ts'
import { cpuByPart } from './measure-load.ts'
import { runMany } from './run-many.ts'
import { watchMessages } from './watch-messages.ts'

/** Sockets opened at once, and messages under way. */
const width = 64
const settleMs = 10_000
const kib = 1024

/** What of a live socket is measured; times in ms. */
export interface LiveFigures {
  /** Resident memory of the backend a socket, in kB. */
  memoryPerSocket: number
  /** Share of a core that the backend uses for all sockets while nothing happens, in percent. */
  idleCpu: number
  /** From the sending to a chat of 200 until the first one, and the last one, sees it. */
  firstSight: number
  lastSight: number
  /** From sending to sight at 200 messages a second to 10 each. */
  steadyP50: number
  steadyP99: number
  /** The same when they are written through another backend, and come here through the bus. */
  acrossP50: number
  acrossP99: number
  /** CPU of backend and nodes a delivery, and of the store, in us. */
  cpuPerDelivery: number
  storeCpuPerDelivery: number
  /** Highest rate tried at which p99 was 50 ms at most, in messages a second. */
  comfortableRate: number
  /** Until 100 clients that were cut have 100 messages of their chat. */
  catchUp: number
  /** Acknowledged messages that cannot be read after the backend was killed. */
  lost: number
}

/** So many idle sockets, each of a user of its own. */
export async function measureIdle(
  live: LiveSystem,
  sockets: number,
): Promise<Pick<LiveFigures, 'memoryPerSocket' | 'idleCpu'>> {
  const pid = live.system.backends[0]?.process.pid ?? 0
  const before = await takeSample(pid)
  const { connections } = await connectAll(live, live.members.slice(0, sockets), () => {})
  await sleep(settleMs)
  const [from, begun] = [await takeSample(pid), performance.now()]
  await sleep(settleMs)
  const to = await takeSample(pid)
  const idleCpu = (((to?.cpuMs ?? NaN) - (from?.cpuMs ?? NaN)) / (performance.now() - begun)) * 100
  for (const connection of connections) connection.close()
  const grown = (to?.residentBytes ?? NaN) - (before?.residentBytes ?? NaN)
  return { memoryPerSocket: grown / sockets / kib, idleCpu }
}

/** One message after the other to a chat whose members are all connected. */
export async function measureFanOut(
  live: LiveSystem,
  members: readonly Member[],
  rounds: number,
): Promise<Pick<LiveFigures, 'firstSight' | 'lastSight'>> {
  const [owner] = members
  if (!owner) throw new Error('a chat needs members')
  const { cid } = await openRoom(live.client, owner, members)
  const watch = watchMessages()
  const { close } = await connectAll(live, members, watch.onFrame)
  const [first, last]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    const text = `to all ${round}`
    watch.sent(text)
    const path = `/v1/chats/${cid}/messages`
    await live.client.call({ method: 'POST', path, token: owner.token, body: { txt: text } }, 0)
    await waitUntil('all have seen it', () => watch.of(text).length === members.length)
    first.push(watch.of(text)[0] ?? NaN)
    last.push(watch.of(text).at(-1) ?? NaN)
  }
  close()
  return { firstSight: median(first), lastSight: median(last) }
}

export interface SteadyResult {
  p50: number
  p99: number
  cpuPerDelivery: number
  storeCpuPerDelivery: number
}

/** What live messages are sent to and seen at. */
export type LiveServer = Pick<LiveSystem, 'client' | 'url' | 'parts'>

/** Writes into chats whose members are all connected, at a steady rate. */
export async function measureSteady(
  live: LiveServer,
  rooms: readonly Room[],
  shape: { ratePerS: number; seconds: number },
): Promise<SteadyResult> {
  const watch = watchMessages()
  const { close } = await connectAll(live, membersOf(rooms), watch.onFrame)
  const messages = shape.ratePerS * shape.seconds
  const deliveries = messages * (rooms[0]?.members.length ?? 0)
  const before = await cpuByPart(live.parts())
  const { client } = live
  const { ratePerS } = shape
  await startWriters({ client, rooms, messages, ratePerS, atOnce: width * 4, onSend: watch.sent }).done
  await waitUntil('all is seen', () => watch.sights >= deliveries)
  const after = await cpuByPart(live.parts())
  close()
  const times = watch.all().sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? NaN
  const spentUs = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + (after.get(name) ?? 0) - (before.get(name) ?? 0), 0) * 1_000
  return {
    p50: at(0.5),
    p99: at(0.99),
    cpuPerDelivery: spentUs(['backend', 'nodes']) / deliveries,
    storeCpuPerDelivery: after.has('mongod') ? spentUs(['mongod']) / deliveries : NaN,
  }
}

/** All clients are cut, so many messages are written into each chat, and all clients connect again at once. */
export async function measureCatchUp(
  live: LiveSystem,
  rooms: readonly Room[],
  missed: number,
): Promise<Pick<LiveFigures, 'catchUp'>> {
  const { client } = live
  const lastSeqs = new Map<string, number>()
  for (const { cid, owner } of rooms) {
    const path = `/v1/chats/${cid}/messages?limit=1`
    const { body } = await client.call({ method: 'GET', path, token: owner.token }, 0)
    lastSeqs.set(cid, body.data?.[0]?.seq ?? 0)
  }
  const messages = rooms.length * missed
  await startWriters({ client, rooms, messages, ratePerS: 1_000, atOnce: width }).done
  const clients = rooms.flatMap(({ cid, members }) => members.map((member) => ({ cid, member })))
  const begun = performance.now()
  const connections = await Promise.all(
    clients.map(async ({ cid, member }) => {
      const last = lastSeqs.get(cid) ?? 0
      let hasAll: () => void = () => {}
      const all = new Promise<void>((resolve) => {
        hasAll = resolve
      })
      const onFrame = (frame: LiveFrame): void => {
        const places = placesOf(frame)
        if (places?.cid === cid && (places.seqs.at(-1) ?? 0) >= last + missed) hasAll()
      }
      const connection = await connectLive(live.url, member.token, { chats: { [cid]: last }, onFrame })
      await all
      return connection
    }),
  )
  const catchUp = performance.now() - begun
  for (const connection of connections) connection.close()
  return { catchUp }
}

/** The backend is killed amid 200 messages a second, and started again. */
export async function countLost(
  live: LiveSystem,
  rooms: readonly Room[],
): Promise<Pick<LiveFigures, 'lost'>> {
  const { client, system } = live
  const work = startWriters({ client, rooms, messages: 1_200, ratePerS: 200, atOnce: width })
  await sleep(2_000)
  system.backends[0]?.process.signal('SIGKILL')
  await system.startBackendAgain(0)
  await work.done
  const stored = new Set<string>()
  await runMany(rooms.length, 8, async (i) => {
    const { cid, owner } = rooms[i] as Room
    for (let after = 0; ; ) {
      const path = `/v1/chats/${cid}/messages?after=${after}&limit=200`
      const { body } = await client.call({ method: 'GET', path, token: owner.token }, 0)
      if (!body.data?.length) break
      for (const { id = '', seq = 0 } of body.data) {
        stored.add(`${id} ${seq}`)
        after = seq
      }
    }
  })
  return { lost: work.acknowledged.filter(({ id, seq }) => !stored.has(`${id} ${seq}`)).length }
}

/** Chats of so many members each, no one in two of them. */
export async function openRoomsApart(live: LiveSystem, count: number, size: number): Promise<Room[]> {
  const rooms: Room[] = []
  for (let i = 0; i < count; i++) {
    const members = live.members.slice(i * size, (i + 1) * size)
    rooms.push(await openRoom(live.client, members[0] as Member, members))
  }
  return rooms
}

const membersOf = (rooms: readonly Room[]): Member[] => rooms.flatMap(({ members }) => members)

async function connectAll(
  { url }: LiveServer,
  members: readonly Member[],
  onFrame: (frame: LiveFrame) => void,
): Promise<{ connections: LiveConnection[]; close: () => void }> {
  const connections: LiveConnection[] = []
  let ready = 0
  await runMany(members.length, width, async (i) => {
    const { token } = members[i] as Member
    const take = (frame: LiveFrame): void => {
      if (frame.type === 'ready') ready++
      onFrame(frame)
    }
    connections.push(await connectLive(url, token, { onFrame: take }))
  })
  await waitUntil('all are connected', () => ready === members.length)
  return {
    connections,
    close: () => {
      for (const connection of connections) connection.close()
    },
  }
}
