import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '@roundtable/common/errors'
import type { Logger } from '@roundtable/common/logger'
import { type Db, MongoClient, MongoServerError } from 'mongodb'
import { createIndexes } from './collections.ts'
import type { RunCommand } from './commands.ts'
import { StoreTimeout } from './errors.ts'
import type { ReadFloor } from './read-floor.ts'
import type { StoreClock } from './store-clock.ts'

/** Within the sum of the two a server that is frozen is found out, and others are asked. */
const heartbeatMs = 1_000
const connectTimeoutMs = 1_000
const closeTimeoutMs = 1_000
/** Within a request's time, so that it is known that nothing was sent when there is nobody to send it to. */
const selectionTimeoutMs = 600
/** Above a request's time: ends a connection that is silent, and what waits on it. */
const socketTimeoutMs = 1_000

/** IndexOptionsConflict, IndexKeySpecsConflict, DuplicateKey: waiting does not help. */
const conflicts = new Set<unknown>([85, 86, 11_000])

/**
 * @param appName what the database calls this node's connections, in its log and in currentOp
 * @throws ConfigError when the address is malformed; it is not repeated, as it may hold a password
 */
export function createMongoClient(dsn: string, appName: string): MongoClient {
  try {
    return new MongoClient(dsn, {
      appName,
      minPoolSize: 4,
      maxPoolSize: 16,
      heartbeatFrequencyMS: heartbeatMs,
      connectTimeoutMS: connectTimeoutMs,
      serverSelectionTimeoutMS: selectionTimeoutMs,
      waitQueueTimeoutMS: selectionTimeoutMs,
      socketTimeoutMS: socketTimeoutMs,
    })
  } catch (error) {
    throw new ConfigError(`MONGO_DSN is malformed: ${error instanceof Error ? error.name : error}`)
  }
}

/**
 * Waits until the database is there and has its indexes. A database that comes up later than this node is no fault:
 * it is waited for, and each new reason is logged once.
 * @throws ConfigError when an index stands in the way of ours; AbortError when the signal ends the waiting
 */
export async function prepareDatabase(
  client: MongoClient,
  db: Db,
  options: { logger: Logger; signal?: AbortSignal },
): Promise<void> {
  const { logger, signal = new AbortController().signal } = options
  let lastReason = ''
  for (let attempt = 0; ; attempt += 1) {
    try {
      // Each time: a client whose first connection failed stays closed until it is told to connect again.
      await client.connect()
      for (const command of createIndexes) await db.command(command, { signal })
      return
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof MongoServerError && conflicts.has(error.code)) {
        throw new ConfigError(
          `the database ${db.databaseName} cannot have the indexes it needs: ${error.message}`,
        )
      }
      const reason = error instanceof Error ? error.message : String(error)
      if (reason !== lastReason) logger.warn({ err: error }, 'the DB is not there yet, waiting for it')
      lastReason = reason
    }
    await sleep(Math.min(3_000, 100 * 2 ** Math.min(attempt, 5)) * (0.5 + Math.random()), undefined, {
      signal,
    })
  }
}

/**
 * Lets a clock hear the time of the server that takes our writes. It comes with the driver's own heartbeats, once a
 * second, and costs no command: `localTime` in https://www.mongodb.com/docs/manual/reference/command/hello/
 */
export function followClock(client: MongoClient, clock: StoreClock): void {
  client.on('serverHeartbeatSucceeded', ({ reply }) => {
    if (reply.isWritablePrimary === true && reply.localTime instanceof Date)
      clock.heard(reply.localTime.getTime())
  })
}

/** Lets the floor of reads hear every server, before the driver sends anything to one that it has just found. */
export function followReadFloor(client: MongoClient, floor: ReadFloor): void {
  client.on('serverHeartbeatSucceeded', ({ reply }) => floor.heard(reply))
}

/** Sends commands to this database through the driver. */
export function runOn(db: Db): RunCommand {
  return (command, timeoutMs) =>
    new Promise((resolve, reject) => {
      // Not an AbortSignal: one a command costs as much as all the rest of it. The driver's own limits end what nobody
      // waits for any more; its timeoutMS has no effect on a command.
      const timer = setTimeout(() => reject(new StoreTimeout(timeoutMs)), timeoutMs)
      db.command({ ...command, maxTimeMS: timeoutMs })
        .then(resolve, reject)
        .finally(() => clearTimeout(timer))
    })
}

/** Closes the connections, also those to a server that does not answer any more. */
export async function closeClient(client: MongoClient): Promise<void> {
  await Promise.race([client.close(), sleep(closeTimeoutMs, undefined, { ref: false })])
}
