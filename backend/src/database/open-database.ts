import { type Dialect, Kysely, type LogEvent } from 'kysely'
import { createMysqlDialect, type MysqlConfig } from './mysql-database.ts'
import type { Tables } from './schema.ts'
import { createSqliteDialect } from './sqlite-database.ts'

/** Where the users' store is, by DB_HOST. */
export type DatabaseConfig = { kind: 'sqlite'; path: string } | ({ kind: 'mysql' } & MysqlConfig)

/** The users' store as queries see it: the same on every server. */
export type Database = Kysely<Tables>

export interface OpenOptions {
  /** Longest wait for one answer of the server, in ms. */
  queryMs?: number
  /** Sees every query. */
  log?: (event: LogEvent) => void
}

/** Longest wait for a connection: below what a caller waits. */
const connectMs = 1_000

/**
 * Opens the users' store. A server that is away does not fail here but at each query, with 5032.
 * @throws ConfigError when a SQLite file cannot be opened
 */
export function openDatabase(config: DatabaseConfig, options: OpenOptions = {}): Database {
  const dialect = createDialect(config, options.queryMs ?? 2_000)
  return new Kysely<Tables>({ dialect, ...(options.log ? { log: options.log } : {}) })
}

function createDialect(config: DatabaseConfig, queryMs: number): Dialect {
  if (config.kind === 'sqlite') return createSqliteDialect(config.path)
  // The driver warns of settings it does not know.
  const { kind: _, ...server } = config
  return createMysqlDialect(server, { connectMs, queryMs })
}
