import type { Migration } from 'kysely'
import { createUsers } from './0001-users.ts'
import { seedDemoUsers } from './0002-demo-users.ts'
import { createNews } from './0003-news.ts'
import type { ServerKind } from './server-kind.ts'

export interface MigrationOptions {
  kind: ServerKind
  /** Whether a database made just now gets the three demo users. */
  seedDemo: boolean
}

/** Every migration by its name, in order. What was once released is never changed. */
export function allMigrations(options: MigrationOptions): Record<string, Migration> {
  return {
    '0001-users': createUsers(options.kind),
    '0002-demo-users': seedDemoUsers(options.seedDemo),
    '0003-news': createNews(options.kind),
  }
}
