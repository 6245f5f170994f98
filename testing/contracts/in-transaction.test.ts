import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { inTransaction } from '@roundtable/backend/src/database/in-transaction'
import type { Database } from '@roundtable/backend/src/database/open-database'
import { runMigrations } from '@roundtable/backend/src/database/run-migrations'
import { startMariadb } from '../servers/mariadb.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { databaseOpener } from './users-database.ts'
import { addUsers } from './users-for-tests.ts'

describeWith('mariadbd', 'transactions', () => {
  let server: Awaited<ReturnType<typeof startMariadb>>
  let db: Database
  const opener = databaseOpener()
  beforeAll(async () => {
    server = await startMariadb()
    const { port, user, password, database } = server
    const config = { kind: 'mysql', host: '127.0.0.1', port, user, password, database } as const
    db = opener.open(config)
    await runMigrations(db, { database: config, seedDemo: false })
  })
  afterAll(async () => {
    await opener.closeAll()
    await server.close()
  })

  const setAge = (on: Database, id: number, age: number) =>
    on.updateTable('users').set({ age }).where('id', '=', id).execute()

  test('two that wait for each other both come to their end', async () => {
    const [a = 0, b = 0] = await addUsers(db, 'crossed', 2)
    let tries = 0
    let holding = 0
    let bothHold = () => {}
    const whenBothHold = new Promise<void>((resolve) => {
      bothHold = resolve
    })
    const change = (first: number, second: number, age: number) =>
      inTransaction(db, async (transaction) => {
        tries++
        await setAge(transaction, first, age)
        holding++
        if (holding === 2) bothHold()
        await whenBothHold
        await setAge(transaction, second, age)
      })
    await Promise.all([change(a, b, 30), change(b, a, 40)])
    expect(tries).toBeGreaterThan(2)
    const rows = await db.selectFrom('users').select('age').where('id', 'in', [a, b]).execute()
    expect(new Set(rows.map((row) => row.age)).size).toBe(1)
  })

  test('what fails otherwise is not done again', async () => {
    const [a = 0] = await addUsers(db, 'failing', 1)
    let tries = 0
    const work = inTransaction(db, async (transaction) => {
      tries++
      await setAge(transaction, a, 50)
      throw new Error('on purpose')
    })
    await expect(work).rejects.toThrow('on purpose')
    expect(tries).toBe(1)
    expect(await db.selectFrom('users').select('age').where('id', '=', a).execute()).toEqual([{ age: null }])
  })

  test('a server that hangs before the work is done keeps nothing of it, and after that the outcome is unknown', async () => {
    const [a = 0] = await addUsers(db, 'hanging', 1)
    const ageOf = async () =>
      (await db.selectFrom('users').select('age').where('id', '=', a).executeTakeFirst())?.age
    const hang = async () => {
      server.process.signal('SIGSTOP')
      await waitUntil('nobody is answered', () =>
        ageOf().then(
          () => false,
          () => true,
        ),
      )
    }
    const change = (work: (transaction: Database) => Promise<void>) => inTransaction(db, work)

    const cutShort = change(async (transaction) => {
      await setAge(transaction, a, 60)
      await hang()
      await setAge(transaction, a, 61)
    })
    await expect(cutShort).rejects.toMatchObject({ code: 5032 })
    server.process.signal('SIGCONT')
    await waitUntil('the store is back', async () => (await ageOf()) === null)

    const done = change(async (transaction) => {
      await setAge(transaction, a, 62)
      await hang()
    })
    await expect(done).rejects.toMatchObject({ code: 5031 })
    server.process.signal('SIGCONT')
  })
})
