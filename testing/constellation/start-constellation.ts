import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunningProcess } from '../servers/child-process.ts'
import { startConsul } from '../servers/consul.ts'
import { startDevAgent } from '../servers/dev-agent.ts'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'
import { freePort } from '../servers/free-port.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { openBus, type RunningBus } from './open-bus.ts'
import { launch, type Program, type RunningService, startService } from './start-service.ts'

/** What a test may choose; the default is the embedded form. */
export interface ConstellationOptions {
  /** Number of dialogue nodes at start: dialogue01, dialogue02, … */
  nodes?: number
  backends?: number
  /** `consul`: a real one; `dev-agent`: the project's own; or the host:port of one that runs already. */
  registry?: 'consul' | 'dev-agent' | { dsn: string }
  /** MONGO_DSN; a SQLite file by default. */
  mongoDsn?: string
  /** DB_NAME of the nodes. */
  mongoDatabase?: string
  /** DB_HOST and what belongs to it; a SQLite file by default. */
  database?: NodeJS.ProcessEnv
  /** `local`: the project's own bus process; `kafka`: a real one; or the BUS_DSN of one that runs already. */
  bus?: 'local' | 'kafka' | { dsn: string }
  /** How the first nodes are started. */
  node?: NodeOptions
}

/** How one node is started. */
export interface NodeOptions {
  /** One of its own by default. */
  port?: number
  /** Others reach it through a proxy that can break the network: `proxies` has it under the node's id. */
  proxied?: boolean
  /** Arguments of Node's own, such as a module to load first. */
  nodeArgs?: readonly string[]
  /** Beside what every node is given, or in its place. */
  env?: NodeJS.ProcessEnv
}

/** The real services as processes of their own on free ports. */
export interface Constellation {
  readonly backends: readonly RunningService[]
  /** The last one started under each id, whether or not it still runs. */
  readonly nodes: ReadonlyMap<string, RunningService>
  /** Of the nodes that were started behind one. */
  readonly proxies: ReadonlyMap<string, FaultProxy>
  readonly consulDsn: string
  /** What carries events. Only one that was started here can be harmed. */
  readonly bus: RunningBus
  /** DIALOG_TOKEN: what nodes want to be shown. */
  readonly dialogueToken: string
  /** JWT_SECRET: what tokens of users are signed with. */
  readonly jwtSecret: string
  /** Starts one more node, or one again, and waits until it is ready. */
  startNode(id: string, options?: NodeOptions): Promise<RunningService>
  /** Starts a node and does not wait: for one that is expected to refuse. */
  launchNode(id: string): Promise<RunningProcess>
  /** Starts a backend again on its port, once it has ended. */
  startBackendAgain(index: number): Promise<void>
  /** Kills the registry and starts it empty on the same port. Only for one that was started here. */
  restartRegistryEmpty(): Promise<void>
  /** Ids of the nodes that the registry calls passing. */
  passing(): Promise<string[]>
  close(): Promise<void>
}

export async function startConstellation(options: ConstellationOptions = {}): Promise<Constellation> {
  const folder = await mkdtemp(join(tmpdir(), 'constellation-'))
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne()
  }
  try {
    const registry = await openRegistry(options.registry ?? 'dev-agent', closers)
    const bus = await openBus(options.bus ?? 'local', closers)
    const shared = {
      PATH: process.env.PATH,
      LISTEN_HOST: '127.0.0.1',
      DIALOG_TOKEN: randomBytes(24).toString('hex'),
      CONSUL_DSN: registry.dsn,
      BUS_DSN: bus.dsn,
      QUEUE_DSN: bus.dsn,
    }
    const nodes = new Map<string, RunningService>()
    const proxies = new Map<string, FaultProxy>()
    const nodeProgram = (id: string, host: string, port: number, how: NodeOptions = {}): Program => ({
      script: 'dialogue/dist/main.js',
      nodeArgs: how.nodeArgs ?? [],
      env: {
        ...shared,
        MONGO_DSN: options.mongoDsn ?? `sqlite:${join(folder, 'dialogue.db')}`,
        DB_NAME: options.mongoDatabase ?? 'dialogue',
        SERVICE_ID: id,
        SERVICE_HOST: 'http://127.0.0.1',
        SERVICE_PORT: String(port),
        LISTEN_HOST: host,
        ...how.env,
      },
    })
    const startNode = async (id: string, how: NodeOptions = {}): Promise<RunningService> => {
      const port = how.port ?? (await freePort())
      // Loopback has many addresses: the node listens on one, its proxy on another at the same port.
      const host = how.proxied ? '127.0.0.2' : '127.0.0.1'
      if (how.proxied && proxies.get(id)?.port !== port) {
        const proxy = await startFaultProxy({ port, target: { host, port } })
        proxies.set(id, proxy)
        closers.push(() => proxy.close())
      }
      const node = await startService(id, `http://${host}:${port}`, nodeProgram(id, host, port, how))
      nodes.set(id, node)
      closers.push(() => node.process.stop())
      return node
    }
    const jwtSecret = randomBytes(32).toString('hex')
    const backendEnv = {
      ...shared,
      ...(options.database ?? { DB_HOST: `sqlite:${join(folder, 'users.db')}` }),
      JWT_SECRET: jwtSecret,
      SEED_DEMO: 'true',
    }
    const migration = launch({ script: 'backend/dist/src/migrate.js', env: backendEnv })
    if ((await migration.exited) !== 0) throw new Error(`migration failed:\n${migration.output()}`)

    const ids = Array.from(
      { length: options.nodes ?? 2 },
      (_, i) => `dialogue${String(i + 1).padStart(2, '0')}`,
    )
    await Promise.all(ids.map((id) => startNode(id, options.node)))
    const backends: RunningService[] = []
    const startBackend = async (index: number, port: number): Promise<void> => {
      const backend = await startService(`backend${index + 1}`, `http://127.0.0.1:${port}`, {
        script: 'backend/dist/src/main.js',
        env: { ...backendEnv, SERVER_PORT: String(port) },
      })
      backends[index] = backend
      closers.push(() => backend.process.stop())
    }
    await Promise.all(
      Array.from({ length: options.backends ?? 1 }, async (_, i) => startBackend(i, await freePort())),
    )
    const passing = () => passingNodes(registry.dsn)
    await waitUntil('all nodes pass', async () => {
      const listed = await passing()
      return ids.every((id) => listed.includes(id))
    })
    return {
      backends,
      nodes,
      proxies,
      consulDsn: registry.dsn,
      bus,
      dialogueToken: shared.DIALOG_TOKEN,
      jwtSecret,
      startNode,
      async launchNode(id) {
        const node = launch(nodeProgram(id, '127.0.0.1', await freePort()))
        closers.push(() => node.stop())
        return node
      },
      async startBackendAgain(index) {
        const ended = backends[index]
        await ended?.process.exited
        await startBackend(index, Number(new URL(ended?.url ?? '').port))
      },
      restartRegistryEmpty: registry.restartEmpty,
      passing,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function openRegistry(
  choice: NonNullable<ConstellationOptions['registry']>,
  closers: (() => Promise<unknown>)[],
): Promise<{ dsn: string; restartEmpty: () => Promise<void> }> {
  if (typeof choice === 'object') {
    return { dsn: choice.dsn, restartEmpty: () => Promise.reject(new Error('this registry is not ours')) }
  }
  const start = choice === 'consul' ? startConsul : startDevAgent
  let registry = await start()
  closers.push(() => registry.process.stop())
  return {
    dsn: registry.dsn,
    async restartEmpty() {
      registry.process.signal('SIGKILL')
      await registry.process.exited
      registry = await start(registry.port)
    },
  }
}

async function passingNodes(dsn: string): Promise<string[]> {
  const answer = await fetch(`http://${dsn}/v1/health/service/dialogue?passing`)
  const entries = (await answer.json()) as { Service: { ID: string } }[]
  return entries.map((entry) => entry.Service.ID).sort()
}
