import { beforeAll, expect, test } from '@jest/globals'
import { followRevocations, Revocations } from '@roundtable/backend/src/auth/revocations'
import {
  createSqlAccountsStore,
  createSqlRevocationsStore,
} from '@roundtable/backend/src/auth/sql-accounts-store'
import type { AccountsStore, RevocationsStore } from '@roundtable/backend/src/auth/store'
import type { Database } from '@roundtable/backend/src/database/open-database'
import { waitUntil } from '../servers/wait-until.ts'
import { silentLogger } from './dialogue-logger.ts'
import { onEachServer, openForSuite } from './users-database.ts'

const profile = {
  gender: 'm' as const,
  firstName: null,
  lastName: null,
  age: null,
  city: null,
  interests: null,
}
const soon = () => Math.floor(Date.now() / 1000) + 1000

onEachServer('accounts-store', (start) => {
  const opened = openForSuite(start)
  let database: Database
  let accounts: AccountsStore
  let revocations: RevocationsStore

  beforeAll(() => {
    database = opened.database
    accounts = createSqlAccountsStore(database)
    revocations = createSqlRevocationsStore(database)
  })

  const create = (username: string) => accounts.create({ ...profile, username, passwordHash: 'first hash' })
  const revocationsOf = async (uid: number) =>
    (await revocations.after(0, 1000)).filter((row) => row.uid === uid)

  test('an account is found by its name and by its id', async () => {
    const account = await create('Found-One')
    expect(account).toMatchObject({ username: 'Found-One', passwordHash: 'first hash', generation: 0 })
    expect(await accounts.findByName('found-ONE')).toEqual(account)
    expect(await accounts.findById(account.id)).toEqual(account)
    expect(await accounts.findByName('nobody')).toBeUndefined()
    expect(await accounts.findById(Number.MAX_SAFE_INTEGER)).toBeUndefined()
  })

  test('of twenty who want one name at once, one gets it', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => create('Wanted')))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(19)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 4092 })
  })

  test('a new password raises the generation and ends the tokens below it, once', async () => {
    const account = await create('Changer')
    const expiresAt = soon()
    const both = await Promise.all([
      accounts.changePassword(account, 'hash a', expiresAt),
      accounts.changePassword(account, 'hash b', expiresAt),
    ])
    expect(both.toSorted()).toEqual([1, undefined])
    const changed = await accounts.findById(account.id)
    expect(changed).toMatchObject({ generation: 1, passwordHash: both[0] === 1 ? 'hash a' : 'hash b' })
    expect(await revocationsOf(account.id)).toEqual([
      { id: expect.any(Number), uid: account.id, jti: null, belowGeneration: 1, expiresAt },
    ])
  })

  test('a deleted account is gone, ends all its tokens, and its id is never used again', async () => {
    const account = await create('Leaver')
    const below = await accounts.delete(account.id, soon())
    expect(await accounts.findById(account.id)).toBeUndefined()
    expect(await revocationsOf(account.id)).toMatchObject([{ belowGeneration: below }])
    expect(await accounts.changePassword(account, 'hash', soon())).toBeUndefined()
    expect((await create('Leaver')).id).toBeGreaterThan(account.id)
  })

  test('revocations are read page by page in the order of their ids, and expired ones are forgotten', async () => {
    const expiresAt = soon()
    for (const n of [1, 2, 3])
      await revocations.revoke({ uid: 77, jti: `jti-${n}`, expiresAt: expiresAt + n })
    const own = await revocationsOf(77)
    expect(own.map((row) => row.jti)).toEqual(['jti-1', 'jti-2', 'jti-3'])
    const [first] = own
    expect((await revocations.after(first?.id ?? 0, 1)).map((row) => row.jti)).toEqual(['jti-2'])
    await revocations.deleteExpired(expiresAt + 2)
    expect((await revocationsOf(77)).map((row) => row.jti)).toEqual(['jti-2', 'jti-3'])
  })

  test('who follows the revocations learns of those there are, of new ones, and of those committed late', async () => {
    const known = new Revocations()
    await revocations.revoke({ uid: 88, jti: 'before', expiresAt: soon() })
    const stop = await followRevocations(known, revocations, silentLogger)
    const isRevoked = (jti: string) => known.isRevoked({ uid: 88, username: 'x', gen: 0, jti, exp: soon() })
    expect(isRevoked('before')).toBe(true)

    const other = createSqlRevocationsStore(opened.openAnother())
    if (opened.config.kind === 'mysql') {
      await database.transaction().execute(async (slow) => {
        await createSqlRevocationsStore(slow).revoke({ uid: 88, jti: 'late', expiresAt: soon() })
        await other.revoke({ uid: 88, jti: 'new', expiresAt: soon() })
        await waitUntil('the new revocation is known', () => isRevoked('new'))
        expect(isRevoked('late')).toBe(false)
      })
      await waitUntil('the late revocation is known', () => isRevoked('late'))
    } else {
      // Here writers wait for each other, so none can be late.
      await other.revoke({ uid: 88, jti: 'new', expiresAt: soon() })
      await waitUntil('the new revocation is known', () => isRevoked('new'))
    }
    await stop()
  })
})
