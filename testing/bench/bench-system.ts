import { type ApiUser, signIn } from '../constellation/api-user.ts'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { isInstalled } from '../servers/is-installed.ts'
import { startMongod } from '../servers/mongod.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { busyChats, pageSize, quietChats } from './bench-sizes.ts'
import { generateLoad } from './generate-load.ts'
import { backendName, bareNodeName, directName } from './goals.ts'
import { idMark, type LoadPlan } from './load-plan.ts'
import type { Part } from './measure-load.ts'
import { startReverseProxies } from './reverse-proxies.ts'
import { runMany } from './run-many.ts'
import { startBare } from './start-bare.ts'

const messagesEach = 30
/** A node just started takes more CPU for its first ten thousand requests. */
const warmUpSeconds = 10

/** One way to the messages of the same chats. */
export interface Way {
  name: string
  reads: LoadPlan
  /** Posts into many chats. */
  writes: LoadPlan
  /** Posts into few: two nodes then often want the same place in a log. */
  contendedWrites: LoadPlan
  /** Those it passes through. */
  parts: readonly Part[]
}

/** A way that only reads. */
export type ReadWay = Pick<Way, 'name' | 'reads' | 'parts'>

export interface BenchSystem {
  /** What chats and messages are kept in. */
  store: string
  /** Straight to one node, through each proxy, through our backend; and to the least of nodes, where there is MongoDB. */
  ways: readonly ReadWay[]
  direct: Way
  backend: Way
  /** Starts nodes, and warms them up, or stops some, until the backend uses so many. */
  useNodes(count: number): Promise<void>
  /** The processes of the store, the backend and the nodes now. */
  ownParts(): Part[]
  close(): Promise<void>
}

/** Everything that the benchmarks measure, with chats that have messages. */
export async function startBenchSystem(): Promise<BenchSystem> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const one of closers.reverse()) await one()
  }
  try {
    const mongod = isInstalled('mongod') ? await startMongod() : undefined
    if (mongod) closers.push(() => mongod.close())
    const system = await startConstellation({
      nodes: 2,
      registry: isInstalled('consul') ? 'consul' : 'dev-agent',
      ...(mongod ? { mongoDsn: mongod.dsn } : {}),
    })
    closers.push(() => system.close())
    const backendUrl = system.backends[0]?.url ?? ''
    const user = await signIn(backendUrl, 'tester')
    const cids = await makeChats(user, busyChats, messagesEach)
    const quietCids = await makeChats(user, quietChats, 0)

    const nodeUrls = [...system.nodes.values()].map(({ url }) => url)
    const proxies = await startReverseProxies(nodeUrls)
    closers.push(() => Promise.all(proxies.map((proxy) => proxy.close())))
    const store = mongod ? [{ name: 'mongod', pid: mongod.process.pid }] : []
    const ownParts = () => [...store, ...partsOf(system)]
    const readsOf = (url: string) => innerReads(url, system.dialogueToken, cids, user.userId)
    const inner = (url: string) => ({
      reads: readsOf(url),
      writes: innerWrites(url, system.dialogueToken, quietCids, user.userId),
      contendedWrites: innerWrites(url, system.dialogueToken, cids, user.userId),
    })
    const direct = {
      name: directName,
      ...inner(nodeUrls[0] ?? ''),
      parts: ownParts(),
    }
    const backend = {
      name: backendName,
      reads: outerReads(backendUrl, user.token, cids),
      writes: outerWrites(backendUrl, user.token, quietCids),
      contendedWrites: outerWrites(backendUrl, user.token, cids),
      parts: ownParts(),
    }
    const throughProxies = proxies.map(({ name, url, process }) => ({
      name,
      reads: readsOf(url),
      parts: [...ownParts(), { name: 'proxy', pid: process.pid }],
    }))
    const bare: ReadWay[] = []
    if (mongod) {
      const { url, process } = await startBare('bare-node', [mongod.dsn])
      closers.push(() => process.stop())
      bare.push({
        name: bareNodeName,
        reads: readsOf(url),
        parts: [...store, { name: 'nodes', pid: process.pid }],
      })
    }
    return {
      store: mongod ? 'one mongod (replica set of one)' : 'SQLite',
      ways: [...bare, direct, ...throughProxies, backend],
      direct,
      backend,
      useNodes: (count) => useNodes(system, { count, user, readsOf }),
      ownParts,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** @returns their ids */
async function makeChats(user: ApiUser, count: number, messages: number): Promise<string[]> {
  const cids: string[] = []
  await runMany(count, 8, async () => {
    const { status, body } = await user.call('POST', '/v1/chats', { users: [1] })
    if (status !== 201) throw new Error(`no chat made: ${JSON.stringify(body)}`)
    cids.push(body.id)
    for (let i = 0; i < messages; i++) await user.call('POST', `/v1/chats/${body.id}/messages`, { txt: text })
  })
  return cids
}

const text = 'The quick brown fox jumps over the lazy dog, and over the one beside it too.'

function partsOf(system: Constellation): Part[] {
  return [
    ...system.backends.map(({ process }) => ({ name: 'backend', pid: process.pid })),
    ...[...system.nodes.values()].map(({ process }) => ({ name: 'nodes', pid: process.pid })),
  ]
}

function outerReads(url: string, token: string, cids: readonly string[]): LoadPlan {
  return {
    url,
    method: 'GET',
    paths: cids.map((cid) => `/v1/chats/${cid}/messages?limit=${pageSize}`),
    headers: { authorization: `Bearer ${token}` },
  }
}

function outerWrites(url: string, token: string, cids: readonly string[]): LoadPlan {
  return {
    url,
    method: 'POST',
    paths: cids.map((cid) => `/v1/chats/${cid}/messages`),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    bodies: cids.map(() => JSON.stringify({ txt: text })),
  }
}

function innerReads(url: string, token: string, cids: readonly string[], uid: number): LoadPlan {
  return {
    url,
    method: 'GET',
    paths: cids.map((cid) => `/messages?uid=${uid}&cid=${cid}&limit=${pageSize}`),
    headers: { authorization: token },
  }
}

function innerWrites(url: string, token: string, cids: readonly string[], uid: number): LoadPlan {
  return {
    url,
    method: 'POST',
    paths: cids.map(() => '/messages'),
    headers: { authorization: token, 'content-type': 'application/json' },
    bodies: cids.map((cid) => JSON.stringify({ id: idMark, cid, uid, txt: text })),
  }
}

async function useNodes(
  system: Constellation,
  { count, user, readsOf }: { count: number; user: ApiUser; readsOf: (url: string) => LoadPlan },
): Promise<void> {
  const idOf = (place: number) => `dialogue${String(place).padStart(2, '0')}`
  const running = await system.passing()
  for (const id of running.slice(count)) await system.nodes.get(id)?.process.stop()
  for (let place = running.length + 1; place <= count; place++) {
    const { url } = await system.startNode(idOf(place))
    await generateLoad(readsOf(url), { connections: 16, seconds: warmUpSeconds })
  }
  await waitUntil(`the backend uses ${count} nodes`, async () => {
    const { body } = await user.call('GET', '/v1/topology')
    return body.nodes.filter(({ state }) => state === 'healthy').length === count
  })
}
