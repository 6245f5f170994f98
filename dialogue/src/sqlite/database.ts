import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '@roundtable/common/errors'
import Database from 'libsql'
import { outcomeUnknown, storeAway } from '../refusals.ts'
import { createWriteQueue, type WriteLock } from './write-queue.ts'

/** How long a statement waits for another process's work on the file. It blocks this process, so it is short. */
const busyTimeoutMs = 200
/** How long a write waits for those of other processes: as long as a request may take. */
const writePatienceMs = 800
const openTimeoutMs = 10_000

/** SQLite result codes by which the file could not be used: the store is away. https://www.sqlite.org/rescode.html */
const awayCodes = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|NOMEM|PROTOCOL)/

type Value = string | number | Buffer | null

/** A prepared statement whose rows have the form T. Values are bound by position. */
export interface Statement<T> {
  get(...values: Value[]): T | undefined
  all(...values: Value[]): T[]
  run(...values: Value[]): void
}

/** One SQLite file that several processes use at once. */
export interface SqliteDatabase {
  prepare<T = never>(sql: string): Statement<T>
  /** @throws AppError 5032 when the file cannot be used */
  read<T>(work: () => T): T
  /**
   * Runs `work`, which is synchronous, in a transaction that holds the write lock from its start; a throw undoes it. Others
   * may share the transaction: each sees what those before it wrote.
   * @throws AppError 5032 when the file cannot be used and nothing was written; 5031 when the commit itself failed
   */
  write<T>(work: () => T): Promise<T>
  close(): void
}

/** What the making of tables needs. */
export interface SchemaTools {
  exec(sql: string): void
  /** Names of the table's columns; none when there is no such table. */
  columnsOf(table: string): ReadonlySet<string>
}

/**
 * Opens the file, creates it when it is not there, and waits for another process doing the same.
 * @param prepare makes what is missing of its tables, within one transaction
 * @throws ConfigError when the file cannot be opened
 */
export async function openSqliteDatabase(
  path: string,
  prepare: (tools: SchemaTools) => void,
  signal?: AbortSignal,
): Promise<SqliteDatabase> {
  const deadline = performance.now() + openTimeoutMs
  const database = connect(path)
  for (;;) {
    try {
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = FULL')
      database.exec('BEGIN IMMEDIATE')
      prepare(schemaTools(database))
      database.exec('COMMIT')
      return wrap(database)
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK')
      if (signal?.aborted || codeOf(error) !== 'SQLITE_BUSY' || performance.now() > deadline) {
        database.close()
        throw new ConfigError(`MONGO_DSN is unusable: ${path}: ${messageOf(error)}`)
      }
      await sleep(20)
    }
  }
}

function schemaTools(database: Database.Database): SchemaTools {
  return {
    exec: (sql) => void database.exec(sql),
    columnsOf: (table) => {
      const columns = database.prepare<string[]>('SELECT name FROM pragma_table_info(?)').all(table)
      return new Set((columns as { name: string }[]).map(({ name }) => name))
    },
  }
}

function connect(path: string): Database.Database {
  try {
    return new Database(path, { timeout: busyTimeoutMs })
  } catch (error) {
    throw new ConfigError(`MONGO_DSN is unusable: cannot open or create ${path}: ${messageOf(error)}`)
  }
}

function wrap(database: Database.Database): SqliteDatabase {
  const writes = createWriteQueue(lockOf(database), writePatienceMs)
  return {
    prepare: <T>(sql: string): Statement<T> => {
      const statement = database.prepare<Value[]>(sql)
      return {
        get: (...values) => statement.get(...values) as T | undefined,
        all: (...values) => statement.all(...values) as T[],
        run: (...values) => void statement.run(...values),
      }
    },
    read: (work) => {
      try {
        return work()
      } catch (error) {
        throw asAway(error)
      }
    },
    write: writes.write,
    close: () => database.close(),
  }
}

function lockOf(database: Database.Database): WriteLock {
  return {
    tryBegin() {
      // Without waiting: that would hold up all else this process does.
      database.pragma('busy_timeout = 0')
      try {
        database.exec('BEGIN IMMEDIATE')
        return true
      } catch (error) {
        if (codeOf(error).startsWith('SQLITE_BUSY')) return false
        throw asAway(error)
      } finally {
        database.pragma(`busy_timeout = ${busyTimeoutMs}`)
      }
    },
    attempt(work) {
      database.exec('SAVEPOINT one')
      try {
        return work()
      } catch (error) {
        if (database.inTransaction) database.exec('ROLLBACK TO one')
        throw asAway(error)
      } finally {
        if (database.inTransaction) database.exec('RELEASE one')
      }
    },
    get isLost() {
      return !database.inTransaction
    },
    commit() {
      try {
        database.exec('COMMIT')
      } catch (error) {
        if (database.inTransaction) database.exec('ROLLBACK')
        throw codeOf(error).startsWith('SQLITE_BUSY') ? asAway(error) : outcomeUnknown(error)
      }
    },
  }
}

function asAway(error: unknown): unknown {
  return awayCodes.test(codeOf(error)) ? storeAway(error) : error
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
