import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from '@jest/globals'
import {
  type Database,
  type DatabaseConfig,
  type OpenOptions,
  openDatabase,
} from '@roundtable/backend/src/database/open-database'
import { runMigrations } from '@roundtable/backend/src/database/run-migrations'
import { startMariadb } from '../servers/mariadb.ts'
import { describeWith } from '../servers/needs.ts'
import type { SentQuery } from './explain.ts'

/** A server of the users' store that a suite has for itself. Its database is empty at the start. */
export interface UsersServer {
  config: DatabaseConfig
  close(): Promise<void>
}

/** Runs a suite on each kind of server that the users' store can be on. */
export function onEachServer(name: string, suite: (start: () => Promise<UsersServer>) => void): void {
  describe(`${name} on SQLite`, () => suite(startSqlite))
  describeWith('mariadbd', `${name} on MariaDB`, () => suite(startMysql))
}

async function startSqlite(): Promise<UsersServer> {
  const folder = await mkdtemp(join(tmpdir(), 'users-'))
  return {
    config: { kind: 'sqlite', path: join(folder, 'users.db') },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

async function startMysql(): Promise<UsersServer> {
  const server = await startMariadb()
  const { port, user, password, database } = server
  return {
    config: { kind: 'mysql', host: '127.0.0.1', port, user, password, database },
    close: () => server.close(),
  }
}

/** Remembers what it opened, so that a suite can close it all. */
export function databaseOpener() {
  const opened: Database[] = []
  return {
    open(config: DatabaseConfig, options?: OpenOptions): Database {
      const database = openDatabase(config, options)
      opened.push(database)
      return database
    },
    async closeAll(): Promise<void> {
      await Promise.all(opened.splice(0).map((database) => database.destroy()))
    },
  }
}

/** A database with the tables and nobody in it. */
export interface UsersDatabase {
  readonly config: DatabaseConfig
  readonly database: Database
  /** All that was sent to it by now. */
  readonly queries: SentQuery[]
  /** Another client of it, as another process has. */
  openAnother(): Database
}

/** The one that the tests of a suite share. It is there while they run. */
export function openForSuite(start: () => Promise<UsersServer>): UsersDatabase {
  let server: UsersServer
  let database: Database
  const opener = databaseOpener()
  const queries: SentQuery[] = []
  beforeAll(async () => {
    server = await start()
    database = opener.open(server.config, { log: ({ query }) => queries.push(query) })
    await runMigrations(database, { database: server.config, seedDemo: false })
  })
  afterAll(async () => {
    await opener.closeAll()
    await server.close()
  })
  return {
    get config() {
      return server.config
    },
    get database() {
      return database
    },
    queries,
    openAnother: () => opener.open(server.config),
  }
}
