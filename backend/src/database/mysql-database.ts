import { type Dialect, MysqlDialect, type MysqlPoolConnection, type MysqlQueryResult } from 'kysely'
import mysql, { type Pool, type PoolConnection } from 'mysql2'
import { storeAway, toStoreError } from './store-errors.ts'

export interface MysqlConfig {
  host: string
  port: number
  user: string
  password: string
  database: string
}

export interface MysqlTimeouts {
  /** Longest wait for a connection. */
  connectMs: number
  /** Longest wait for an answer; then the connection is given up. */
  queryMs: number
}

const poolSize = 10

/** A MySQL (or MariaDB) database under kysely, by prepared statements; a server that hangs counts as away. */
export function createMysqlDialect(config: MysqlConfig, timeouts: MysqlTimeouts): Dialect {
  const { host, port, user, password, database } = config
  const pool = mysql.createPool({
    ...{ host, port, user, password, database },
    charset: 'utf8mb4',
    connectionLimit: poolSize,
    connectTimeout: timeouts.connectMs,
  })
  return new MysqlDialect({
    pool: {
      getConnection: (callback) => takeConnection(pool, timeouts, callback),
      end: (callback) => pool.end(callback),
    },
  })
}

function takeConnection(
  pool: Pool,
  timeouts: MysqlTimeouts,
  callback: (error: unknown, connection: MysqlPoolConnection) => void,
): void {
  const fail = callback as (error: unknown) => void
  let waiting = true
  const timer = setTimeout(() => {
    waiting = false
    fail(storeAway(new Error(`no connection within ${timeouts.connectMs} ms`)))
  }, timeouts.connectMs)
  pool.getConnection((error, connection) => {
    clearTimeout(timer)
    // Nobody waits for it any more: the next in line may have it.
    if (!waiting) connection?.release()
    else if (error) fail(toStoreError(error))
    else callback(null, bounded(connection, timeouts.queryMs))
  })
}

const boundedConnections = new WeakMap<PoolConnection, MysqlPoolConnection>()

function bounded(connection: PoolConnection, queryMs: number): MysqlPoolConnection {
  const known = boundedConnections.get(connection)
  if (known) return known
  const wrapped: MysqlPoolConnection = {
    query(sql: string, parameters: unknown[], callback?: QueryCallback) {
      if (callback) run(connection, sql, parameters, queryMs, callback)
      return { stream: noStreams }
    },
    release: () => connection.release(),
  }
  boundedConnections.set(connection, wrapped)
  return wrapped
}

type QueryCallback = (error: unknown, result: MysqlQueryResult) => void

function run(
  connection: PoolConnection,
  sql: string,
  parameters: readonly unknown[],
  queryMs: number,
  callback: QueryCallback,
): void {
  let waiting = true
  const finish = (error: unknown, result: unknown) => {
    if (!waiting) return
    waiting = false
    clearTimeout(timer)
    callback(error ? toStoreError(error) : null, result as MysqlQueryResult)
  }
  const timer = setTimeout(() => {
    connection.destroy()
    finish(storeAway(new Error(`no answer within ${queryMs} ms`)), [])
  }, queryMs)
  // BEGIN and some others cannot be prepared; what has no parameters gains little by it.
  if (parameters.length === 0) connection.query(sql, finish)
  else connection.execute(sql, parameters.map(toParameter), finish)
}

/** A plain number goes out as a double, which LIMIT refuses. */
function toParameter(value: unknown) {
  if (typeof value === 'number') return mysql.TypedParameter.LONGLONG(value)
  if (value === null || typeof value === 'string' || Buffer.isBuffer(value)) return value
  throw new TypeError(`cannot store a ${typeof value}`)
}

function noStreams(): never {
  throw new Error('the users store does not stream')
}
