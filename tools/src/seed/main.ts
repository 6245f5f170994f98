/**
 * `make seed`: fills a system with USERS=1000 CHATS=200 MESSAGES=20000 to try things on. Without more it is the data of
 * `make start`; DB_HOST, DB_USER, DB_PASSWORD and DB_NAME name another users' database, MONGO_DSN and DIALOGUE_DB_NAME
 * another one of chats.
 */
import { readMigrationConfig } from '@roundtable/backend/src/config'
import { migrateWhenReachable } from '@roundtable/backend/src/database/run-migrations'
import { ConfigError } from '@roundtable/common/errors'
import { createLogger } from '@roundtable/common/logger'
import { readDataFolder } from '../start/data-folder.ts'
import { seed } from './seed.ts'
import { seededPassword } from './seed-users.ts'
import { readSeedSettings } from './settings.ts'

try {
  const isElsewhere = process.env.MONGO_DSN !== undefined && process.env.DB_HOST !== undefined
  const data = isElsewhere ? {} : await readDataFolder(process.env.DATA_DIR || 'data')
  const env = { ...data, ...process.env }
  const settings = readSeedSettings(env)
  const users = readMigrationConfig(env)
  await migrateWhenReachable(users, { logger: createLogger('seed'), patienceMs: 10_000 })
  const { firstUser, lastUser, largestChat } = await seed({ ...settings, users: users.database })
  process.stdout.write(
    `users seeded${firstUser} to seeded${lastUser}, password ${seededPassword}; ` +
      `seeded${firstUser} is in up to 50 chats, the largest is ${largestChat}\n`,
  )
} catch (error) {
  process.stderr.write(error instanceof ConfigError ? `${error.message}\n` : `could not seed: ${error}\n`)
  process.exitCode = 1
}
