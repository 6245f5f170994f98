import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '@roundtable/common/errors'
import type { Logger } from '@roundtable/common/logger'
import { type Db, MongoClient, MongoServerError } from 'mongodb'
import { createIndexes } from './collections.ts'

/** Builds of an index that is not there yet may take long, answers of a server that is not there must not. */
const indexTimeoutMs = 60_000
const serverSelectionTimeoutMs = 2_000

/** IndexOptionsConflict, IndexKeySpecsConflict, DuplicateKey: waiting does not help. */
const conflicts = new Set<unknown>([85, 86, 11_000])

/** @throws ConfigError when the address is malformed; it is not repeated, as it may hold a password */
export function createMongoClient(dsn: string): MongoClient {
  try {
    return new MongoClient(dsn, {
      appName: 'dialogue',
      maxPoolSize: 16,
      serverSelectionTimeoutMS: serverSelectionTimeoutMs,
    })
  } catch (error) {
    throw new ConfigError(`MONGO_DSN is malformed: ${error instanceof Error ? error.name : error}`)
  }
}

/**
 * Waits until the database is there and has its indexes. A database that comes up later than this node is no fault:
 * it is waited for, and each new reason is logged once.
 * @throws ConfigError when an index stands in the way of ours
 */
export async function prepareDatabase(client: MongoClient, db: Db, logger: Logger): Promise<void> {
  let lastReason = ''
  for (let attempt = 0; ; attempt += 1) {
    try {
      // Each time: a client whose first connection failed stays closed until it is told to connect again.
      await client.connect()
      for (const command of createIndexes) await db.command(command, { timeoutMS: indexTimeoutMs })
      return
    } catch (error) {
      if (error instanceof MongoServerError && conflicts.has(error.code)) {
        throw new ConfigError(
          `the database ${db.databaseName} cannot have the indexes it needs: ${error.message}`,
        )
      }
      const reason = error instanceof Error ? error.message : String(error)
      if (reason !== lastReason) logger.warn({ err: error }, 'the DB is not there yet, waiting for it')
      lastReason = reason
    }
    await sleep(Math.min(3_000, 100 * 2 ** Math.min(attempt, 5)) * (0.5 + Math.random()))
  }
}
