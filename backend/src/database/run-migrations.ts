import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@roundtable/common/errors'
import type { Logger } from '@roundtable/common/logger'
import { Migrator } from 'kysely'
import { allMigrations } from '../../migrations/all-migrations.ts'
import type { MigrationConfig } from '../config.ts'
import { type Database, openDatabase } from './open-database.ts'

/** Changing a large table takes its time. */
const statementMs = 30 * 60_000
const pauseMs = 500

/**
 * Brings the tables up to date. Two processes may do so at once: one works, the other waits and finds it done.
 * @returns the names of the migrations that were run, in order
 */
export async function runMigrations(db: Database, config: MigrationConfig): Promise<string[]> {
  const migrations = allMigrations({ kind: config.database.kind, seedDemo: config.seedDemo })
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error, results } = await migrator.migrateToLatest()
  if (error) throw error
  return (results ?? []).map((result) => result.migrationName)
}

/**
 * Waits for the database to answer, then brings its tables up to date.
 * @throws Error when the database is still away after `patienceMs`, or a migration fails
 */
export async function migrateWhenReachable(
  config: MigrationConfig,
  options: { logger: Logger; patienceMs: number },
): Promise<void> {
  const db = openDatabase(config.database, { queryMs: statementMs })
  try {
    const done = await untilReachable(() => runMigrations(db, config), options)
    if (done.length === 0) options.logger.info('the tables are up to date')
    else options.logger.info({ migrations: done }, 'the tables were brought up to date')
  } finally {
    await db.destroy()
  }
}

async function untilReachable<T>(
  work: () => Promise<T>,
  options: { logger: Logger; patienceMs: number },
): Promise<T> {
  const end = performance.now() + options.patienceMs
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const passes = error instanceof AppError && error.status === 503
      if (!passes) throw error
      if (performance.now() > end) {
        throw new Error(`the database did not answer for ${options.patienceMs / 1000} s`, { cause: error })
      }
      if (tries === 1) options.logger.warn({ err: error.cause }, 'waiting for the database')
      await sleep(pauseMs)
    }
  }
}
