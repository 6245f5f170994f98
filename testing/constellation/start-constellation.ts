import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningProcess, startProcess } from '../servers/child-process.ts'
import { startConsul } from '../servers/consul.ts'
import { freePort } from '../servers/free-port.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { repositoryRoot } from './repository-root.ts'

const root = repositoryRoot

/** A running service: where it is and the process it runs in. */
export interface RunningService {
  readonly id: string
  readonly url: string
  readonly process: RunningProcess
}

/** What a test may choose; the default is the embedded form. */
export interface ConstellationOptions {
  /** Number of dialogue nodes at start: dialogue01, dialogue02, … */
  nodes?: number
  backends?: number
  /** `consul`: a real one; `dev-agent`: the project's own. */
  registry?: 'consul' | 'dev-agent'
  /** MONGO_DSN; a SQLite file by default. */
  mongoDsn?: string
  /** DB_HOST and what belongs to it; a SQLite file by default. */
  database?: NodeJS.ProcessEnv
}

/** The real services as processes of their own on free ports. */
export interface Constellation {
  readonly backends: readonly RunningService[]
  readonly nodes: ReadonlyMap<string, RunningService>
  readonly consulDsn: string
  /** Starts one more node, or one again, on a port of its own or on a given one, and waits until it is ready. */
  startNode(id: string, port?: number): Promise<RunningService>
  /** Kills the registry and starts it empty on the same port. */
  restartRegistryEmpty(): Promise<void>
  /** Ids of the nodes that the registry calls passing. */
  passing(): Promise<string[]>
  close(): Promise<void>
}

export async function startConstellation(options: ConstellationOptions = {}): Promise<Constellation> {
  const folder = await mkdtemp(join(tmpdir(), 'constellation-'))
  const token = randomBytes(24).toString('hex')
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne()
  }
  const startRegistry = options.registry === 'consul' ? startConsul : startDevAgent
  try {
    let registry = await startRegistry()
    closers.push(() => registry.process.stop())
    const shared = {
      PATH: process.env.PATH,
      LISTEN_HOST: '127.0.0.1',
      DIALOG_TOKEN: token,
      CONSUL_DSN: registry.dsn,
      BUS_DSN: `local:${await freePort()}`,
      QUEUE_DSN: `local:${await freePort()}`,
    }
    const nodes = new Map<string, RunningService>()
    const startNode = async (id: string, port?: number): Promise<RunningService> => {
      const at = port ?? (await freePort())
      const node = await startService(id, 'dialogue/dist/main.js', at, {
        ...shared,
        MONGO_DSN: options.mongoDsn ?? `sqlite:${join(folder, 'dialogue.db')}`,
        DB_NAME: 'dialogue',
        SERVICE_ID: id,
        SERVICE_HOST: 'http://127.0.0.1',
        SERVICE_PORT: String(at),
      })
      nodes.set(id, node)
      closers.push(() => node.process.stop())
      return node
    }
    const database = options.database ?? { DB_HOST: `sqlite:${join(folder, 'users.db')}` }
    const backendEnv = {
      ...shared,
      ...database,
      JWT_SECRET: randomBytes(32).toString('hex'),
      SEED_DEMO: 'true',
    }
    const migration = startProcess(process.execPath, [join(root, 'backend/dist/src/migrate.js')], {
      env: backendEnv,
    })
    if ((await migration.exited) !== 0) throw new Error(`migration failed:\n${migration.output()}`)

    const ids = Array.from(
      { length: options.nodes ?? 2 },
      (_, i) => `dialogue${String(i + 1).padStart(2, '0')}`,
    )
    await Promise.all(ids.map((id) => startNode(id)))
    const backends = await Promise.all(
      Array.from({ length: options.backends ?? 1 }, async (_, i) => {
        const port = await freePort()
        const env = { ...backendEnv, SERVER_PORT: String(port) }
        const backend = await startService(`backend${i + 1}`, 'backend/dist/src/main.js', port, env)
        closers.push(() => backend.process.stop())
        return backend
      }),
    )
    const passing = () => passingNodes(registry.dsn)
    await waitUntil('all nodes pass', async () => (await passing()).length === ids.length)
    return {
      backends,
      nodes,
      consulDsn: registry.dsn,
      startNode,
      passing,
      close,
      async restartRegistryEmpty() {
        registry.process.signal('SIGKILL')
        await registry.process.exited
        registry = await startRegistry(registry.port)
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function startService(
  id: string,
  script: string,
  port: number,
  env: NodeJS.ProcessEnv,
): Promise<RunningService> {
  const process_ = startProcess(process.execPath, [join(root, script)], { env })
  let over = false
  void process_.exited.then(() => {
    over = true
  })
  const url = `http://127.0.0.1:${port}`
  await waitUntil(`${id} is ready`, async () => over || (await fetch(`${url}/health/ready`)).ok)
  if (over) throw new Error(`${id} ended at its start:\n${process_.output()}`)
  return { id, url, process: process_ }
}

async function startDevAgent(port?: number) {
  const at = port ?? (await freePort())
  const env = { PATH: process.env.PATH, DEV_AGENT_PORT: String(at) }
  const process_ = startProcess(process.execPath, [join(root, 'tools/dist/dev-agent/main.js')], { env })
  await waitUntil(
    'the dev agent answers',
    async () => (await fetch(`http://127.0.0.1:${at}/v1/status/leader`)).ok,
  )
  return { dsn: `127.0.0.1:${at}`, port: at, process: process_ }
}

async function passingNodes(dsn: string): Promise<string[]> {
  const answer = await fetch(`http://${dsn}/v1/health/service/dialogue?passing`)
  const entries = (await answer.json()) as { Service: { ID: string } }[]
  return entries.map((entry) => entry.Service.ID).sort()
}
