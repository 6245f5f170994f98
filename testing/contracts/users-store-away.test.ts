import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createSqlAccountsStore } from '@roundtable/backend/src/auth/sql-accounts-store'
import { runMigrations } from '@roundtable/backend/src/database/run-migrations'
import { createSqlUsersStore } from '@roundtable/backend/src/users/sql-users-store'
import { startMariadb } from '../servers/mariadb.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { databaseOpener } from './users-database.ts'

const newcomer = {
  gender: 'f' as const,
  firstName: null,
  lastName: null,
  age: null,
  city: null,
  interests: null,
  passwordHash: 'h',
}

describeWith('mariadbd', "the users' store away", () => {
  let server: Awaited<ReturnType<typeof startMariadb>>
  let users: ReturnType<typeof createSqlUsersStore>
  let accounts: ReturnType<typeof createSqlAccountsStore>
  const opener = databaseOpener()
  beforeAll(async () => {
    server = await startMariadb()
    const { port, user, password, database } = server
    const config = { kind: 'mysql', host: '127.0.0.1', port, user, password, database } as const
    const db = opener.open(config, { queryMs: 500 })
    await runMigrations(db, { database: config, seedDemo: true })
    users = createSqlUsersStore(db)
    accounts = createSqlAccountsStore(db)
  })
  afterAll(async () => {
    await opener.closeAll()
    await server.close()
  })

  test('a server that hangs is away, for many askers at once, and back when it goes on', async () => {
    server.process.signal('SIGSTOP')
    const asked = await Promise.allSettled(Array.from({ length: 50 }, () => users.get(1, 2)))
    for (const outcome of asked) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 5032 } })
    await expect(accounts.create({ ...newcomer, username: 'in vain' })).rejects.toMatchObject({ code: 5032 })
    server.process.signal('SIGCONT')
    await waitUntil('the store is back', () => users.get(1, 2))
    expect((await accounts.create({ ...newcomer, username: 'at last' })).id).toBeGreaterThan(3)
  })

  test('a row that another transaction holds does not hold up the asker for long', async () => {
    const { port, user, password, database } = server
    const other = opener.open({ kind: 'mysql', host: '127.0.0.1', port, user, password, database })
    await other.transaction().execute(async (transaction) => {
      await transaction.updateTable('users').set({ city: 'held' }).where('id', '=', 1).execute()
      await expect(users.update(1, { city: 'in vain' })).rejects.toMatchObject({ code: 5032 })
    })
    expect(await users.update(1, { city: 'free' })).toMatchObject({ city: 'free' })
  })

  test('a server that is gone is away', async () => {
    await server.process.stop()
    await expect(users.get(1, 2)).rejects.toMatchObject({ code: 5032 })
    await expect(users.ping()).rejects.toMatchObject({ code: 5032 })
  })
})
