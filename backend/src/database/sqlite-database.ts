import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConfigError } from '@roundtable/common/errors'
import { type Dialect, type DialectAdapter, SqliteAdapter, type SqliteDatabase, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { LRUCache } from 'lru-cache'
import { toStoreError } from './store-errors.ts'

/** How long a writer waits for another process's write: beyond it the store counts as away. */
const busyTimeoutMs = 200
const maxStatements = 200
/** Longer ones have numbers written into them, and seldom come again. */
const longestKept = 1_000

/** Writes of one process wait for each other in kysely's connection; those of another process at BEGIN IMMEDIATE. */
class LockingSqliteAdapter extends SqliteAdapter {
  /** So the migrations run in one transaction, which is what keeps two processes from migrating at once. */
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class LockingSqliteDialect extends SqliteDialect {
  override createAdapter(): DialectAdapter {
    return new LockingSqliteAdapter()
  }
}

/**
 * A SQLite file under kysely.
 * @throws ConfigError when the file cannot be opened
 */
export function createSqliteDialect(path: string): Dialect {
  return new LockingSqliteDialect({ database: openFile(path) })
}

function openFile(path: string): SqliteDatabase {
  const database = open(path)
  const statements = new LRUCache<string, Database.Statement>({ max: maxStatements })
  return {
    close: () => {
      // A prepared statement keeps the file open.
      statements.clear()
      database.close()
    },
    prepare(sql) {
      const statement = translated(() => {
        const known = statements.get(sql) ?? database.prepare(withWriteLock(sql))
        if (sql.length <= longestKept) statements.set(sql, known)
        return known
      })
      return {
        reader: statement.reader,
        all: (parameters) => translated(() => statement.all(toStored(parameters)).map(fromStored)),
        run: (parameters) => translated(() => statement.run(toStored(parameters))),
        *iterate(parameters) {
          for (const row of statement.iterate(toStored(parameters))) yield fromStored(row)
        },
      }
    },
  }
}

function open(path: string): Database.Database {
  const file = resolve(path)
  try {
    mkdirSync(dirname(file), { recursive: true })
    const database = new Database(file, { timeout: busyTimeoutMs })
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    return database
  } catch (error) {
    throw new ConfigError(`DB_HOST names a file that cannot be opened: ${file} (${String(error)})`)
  }
}

/** A transaction that reads before it writes would fail at the write when another process wrote in between. */
function withWriteLock(sql: string): string {
  return sql === 'begin' ? 'begin immediate' : sql
}

/** Reading text the driver stops at the first NUL, so text that holds one is kept as bytes. */
function toStored(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) =>
    typeof value === 'string' && value.includes('\0') ? Buffer.from(value) : value,
  )
}

/** All bytes that are ever read are such texts. */
function fromStored(row: unknown): unknown {
  const fields = row as Record<string, unknown>
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof ArrayBuffer) fields[name] = Buffer.from(value).toString()
  }
  return fields
}

function translated<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw toStoreError(error)
  }
}
