import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTokens } from '@roundtable/backend/src/auth/tokens'
import { readMigrationConfig } from '@roundtable/backend/src/config'
import { openDatabase } from '@roundtable/backend/src/database/open-database'
import { migrateWhenReachable } from '@roundtable/backend/src/database/run-migrations'
import { createLogger } from '@roundtable/common/logger'
import { seedUsers } from '@roundtable/tools/seed/seed-users'
import { createRandom } from '@roundtable/tools/seed/seeded-random'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { type ApiClient, createApiClient } from '../load/api-client.ts'
import type { Member } from '../load/crowd.ts'
import { startMongod } from '../servers/mongod.ts'
import type { Part } from './measure-load.ts'

/** `embedded`: SQLite, the project's own registry and bus; `servers`: a mongod, a Consul and a Kafka. */
export type LiveForm = 'embedded' | 'servers'

/** A system with many users, all signed in. */
export interface LiveSystem {
  readonly system: Constellation
  readonly client: ApiClient
  /** Sends through the second backend. */
  readonly otherClient: ApiClient
  /** Of the first backend. */
  readonly url: string
  readonly members: readonly Member[]
  /** The processes of backend, nodes and store now. */
  parts(): Part[]
  close(): Promise<void>
}

/** Two backends, two nodes, and so many users: their tokens are made here, as a sign-in costs a password hash. */
export async function startLiveSystem(form: LiveForm, users: number): Promise<LiveSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-live-'))
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) await one()
  }
  try {
    const env = { DB_HOST: `sqlite:${join(folder, 'users.db')}` }
    const config = readMigrationConfig({ ...env, SEED_DEMO: 'true' })
    await migrateWhenReachable(config, { logger: createLogger('bench'), patienceMs: 10_000 })
    const db = openDatabase(config.database, { queryMs: 60_000 })
    const { first } = await seedUsers(db, users, createRandom(1).next, () => {})
    await db.destroy()
    const mongod = form === 'servers' ? await startMongod() : undefined
    if (mongod) closers.push(() => mongod.close())
    const system = await startConstellation({
      backends: 2,
      nodes: 2,
      database: env,
      ...(mongod ? { mongoDsn: mongod.dsn, bus: 'kafka', registry: 'consul' } : {}),
    })
    closers.push(() => system.close())
    const client = createApiClient(() => system.backends.map(({ url }) => url))
    closers.push(() => client.close())
    const otherClient = createApiClient(() => system.backends.slice(1).map(({ url }) => url))
    closers.push(() => otherClient.close())
    const tokens = await createTokens(system.jwtSecret, () => false)
    const members = await Promise.all(
      Array.from({ length: users }, async (_, i) => {
        const account = { id: first + i, username: `seeded${first + i}`, generation: 0 }
        return { uid: account.id, token: (await tokens.issue(account)).token }
      }),
    )
    return {
      system,
      client,
      otherClient,
      url: system.backends[0]?.url ?? '',
      members,
      parts: () => [
        ...system.backends.map(({ process }) => ({ name: 'backend', pid: process.pid })),
        ...[...system.nodes.values()].map(({ process }) => ({ name: 'nodes', pid: process.pid })),
        ...(mongod ? [{ name: 'mongod', pid: mongod.process.pid }] : []),
      ],
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
