import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { migrateWhenReachable, runMigrations } from '@roundtable/backend/src/database/run-migrations'
import { createSqlUsersStore } from '@roundtable/backend/src/users/sql-users-store'
import { freePort } from '../servers/free-port.ts'
import { silentLogger as logger } from './dialogue-logger.ts'
import { databaseOpener, onEachServer, type UsersServer } from './users-database.ts'

onEachServer('migrations', (start) => {
  let server: UsersServer
  const opener = databaseOpener()
  beforeEach(async () => {
    server = await start()
  })
  afterEach(async () => {
    await opener.closeAll()
    await server.close()
  })

  const usernames = async () =>
    (await createSqlUsersStore(opener.open(server.config)).list({ limit: 10, afterId: 0 }, 0)).map((user) => [
      user.id,
      user.username,
      user.firstName,
      user.lastName,
      user.gender,
    ])
  const allNames = ['0001-users', '0002-demo-users', '0003-news']
  const demoUsers = [
    [1, 'janitor', 'Roger', 'Wilco', 'm'],
    [2, 'madscie', 'Sludge', 'Vohaul', 'm'],
    [3, 'tester', 'Test', 'Testov', 'm'],
  ]

  test('the first run makes the tables and the demo users, the second one nothing', async () => {
    const config = { database: server.config, seedDemo: true }
    const database = opener.open(server.config)
    expect(await runMigrations(database, config)).toEqual(allNames)
    expect(await usernames()).toEqual(demoUsers)
    expect(await runMigrations(database, config)).toEqual([])
    expect(await usernames()).toEqual(demoUsers)
  })

  test('who did not want the demo users at first does not get them later', async () => {
    const database = opener.open(server.config)
    await runMigrations(database, { database: server.config, seedDemo: false })
    await runMigrations(database, { database: server.config, seedDemo: true })
    expect(await usernames()).toEqual([])
  })

  test('four who migrate at once do it once', async () => {
    const config = { database: server.config, seedDemo: true }
    const options = { logger, patienceMs: 30_000 }
    await Promise.all(Array.from({ length: 4 }, () => migrateWhenReachable(config, options)))
    expect(await usernames()).toEqual(demoUsers)
  })

  test('a run that broke off half way is brought to its end by the next', async () => {
    const database = opener.open(server.config)
    await runMigrations(database, { database: server.config, seedDemo: false })
    // The tables are there and nothing says so, as after a crash between the two; one is missing.
    await database.deleteFrom('kysely_migration' as 'users').execute()
    for (const table of ['revocations', 'events']) await database.schema.dropTable(table).execute()
    const done = await runMigrations(database, { database: server.config, seedDemo: true })
    expect(done).toEqual(allNames)
    await database.selectFrom('revocations').selectAll().execute()
    await database.selectFrom('events').selectAll().execute()
    expect(await usernames()).toEqual(demoUsers)
  })
})

test('a database that stays away is waited for, but not for ever', async () => {
  const port = await freePort()
  const database = {
    kind: 'mysql',
    host: '127.0.0.1',
    port,
    user: 'u',
    password: 'p',
    database: 'd',
  } as const
  const migrated = migrateWhenReachable({ database, seedDemo: false }, { logger, patienceMs: 700 })
  await expect(migrated).rejects.toThrow(/database did not answer/)
})
