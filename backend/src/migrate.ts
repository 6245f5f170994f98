import { runService } from '@roundtable/common/lifecycle'
import { createLogger } from '@roundtable/common/logger'
import { readMigrationConfig } from './config.ts'
import { migrateWhenReachable } from './database/run-migrations.ts'

const logger = createLogger('migrate')

await runService(logger, async () => {
  await migrateWhenReachable(readMigrationConfig(process.env), { logger, patienceMs: 60_000 })
})
process.exit(0)
