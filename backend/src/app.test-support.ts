import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceInstance } from '@roundtable/common/consul/service-instance'
import { Lifecycle } from '@roundtable/common/lifecycle'
import { createLogger } from '@roundtable/common/logger'
import type { InjectOptions } from 'fastify'
import { buildApp } from './app.ts'
import { openAuth } from './auth/open-auth.ts'
import { DialogueClient } from './balancing/dialogue-client.ts'
import { NodeList } from './balancing/node-list.ts'
import { createSqlBlocksStore } from './blocks/sql-blocks-store.ts'
import { openDatabase } from './database/open-database.ts'
import { runMigrations } from './database/run-migrations.ts'
import { createSqlFriendsStore } from './friends/sql-friends-store.ts'
import type { Live } from './live/open-live.ts'
import { createSqlNewsStore } from './news/sql-news-store.ts'
import type { OnNews } from './news/store.ts'
import { createSqlUsersStore } from './users/sql-users-store.ts'

export const jwtSecret = 'a secret for tests only'

/** A folder for one test file's databases. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'backend-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

export interface TestBackendOptions {
  /** The SQLite file; backends on the same one share their users. */
  path: string
  isTrustedProxy?: (address: string) => boolean
  onNews?: OnNews
  onBlock?: (uid: number, blockedId: number) => void
  /** The dialogue nodes; none by default. */
  nodes?: readonly ServiceInstance[]
  live?: Live
}

/** A backend on a real SQLite file, with the demo users. It does not listen. */
export async function startBackend({
  path,
  isTrustedProxy,
  onNews = () => {},
  onBlock = () => {},
  nodes: initial = [],
  live,
}: TestBackendOptions) {
  const logger = createLogger('test').child({}, { level: 'silent' })
  const lifecycle = new Lifecycle(logger)
  const state = { draining: false }
  const config = { kind: 'sqlite', path } as const
  const database = openDatabase(config)
  lifecycle.onClose('database', () => database.destroy())
  await runMigrations(database, { database: config, seedDemo: true })
  const { tokens, auth } = await openAuth({ jwtSecret, database, logger, lifecycle, onNews })
  const nodes = new NodeList({ logger, initial })
  const dialogue = new DialogueClient({
    nodes,
    token: 'unused',
    logger,
    onSuspect: () => {},
  })
  lifecycle.onClose('dialogue nodes', () => dialogue.close())
  const app = await buildApp({
    logger,
    state,
    users: createSqlUsersStore(database),
    friends: createSqlFriendsStore(database),
    blocks: createSqlBlocksStore(database),
    news: createSqlNewsStore(database),
    onNews,
    onBlock,
    auth,
    tokens,
    nodes,
    dialogue,
    ...(isTrustedProxy ? { isTrustedProxy } : {}),
    ...(live ? { live } : {}),
  })
  lifecycle.onClose('app', () => app.close())

  /** Asks with a token. */
  const as = (token: string, request: InjectOptions) =>
    app.inject({ ...request, headers: { authorization: `Bearer ${token}`, ...request.headers } })
  const signIn = (username: string, password = '1234567890', more: InjectOptions = {}) =>
    app.inject({ method: 'POST', url: '/v1/auth/sign-in', payload: { username, password }, ...more })
  const tokenOf = async (username: string, password?: string): Promise<string> =>
    (await signIn(username, password)).json().token

  return { app, state, database, as, signIn, tokenOf, close: () => lifecycle.close() }
}

/** A body that signs up. */
export function newUser(username: string, more: object = {}) {
  return { username, password: '1234567890', passwordConfirm: '1234567890', gender: 'f', ...more }
}

/** Waits for a condition, up to 20 s. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('waited 20 s in vain')
    await sleep(25)
  }
}
