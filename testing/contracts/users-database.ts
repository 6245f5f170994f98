import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from '@jest/globals'
import {
  type Database,
  type DatabaseConfig,
  type OpenOptions,
  openDatabase,
} from '@roundtable/backend/src/database/open-database'
import { startMariadb } from '../servers/mariadb.ts'
import { describeWith } from '../servers/needs.ts'

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
