import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startBackend, temporaryFolder } from '../app.test-support.ts'
import type { InTurn } from './password-hashing.ts'
import { Revocations } from './revocations.ts'
import { createAuthService } from './service.ts'
import { createSqlAccountsStore, createSqlRevocationsStore } from './sql-accounts-store.ts'
import { createTokens } from './tokens.ts'
import { WrongPasswords } from './wrong-passwords.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let backend: Awaited<ReturnType<typeof startBackend>>
beforeAll(async () => {
  folder = await temporaryFolder()
  backend = await startBackend({ path: `${folder.path}/users.db` })
})
afterAll(async () => {
  await backend.close()
  await folder.remove()
})

async function createService() {
  const revocations = new Revocations()
  const hashed = { times: 0 }
  const inTurn: InTurn = (_address, task) => {
    hashed.times += 1
    return task()
  }
  const accounts = createSqlAccountsStore(backend.database)
  const service = createAuthService({
    accounts,
    revocationsStore: createSqlRevocationsStore(backend.database),
    revocations,
    tokens: await createTokens('a secret for tests', (claims) => revocations.isRevoked(claims)),
    wrongPasswords: new WrongPasswords(),
    inTurn,
    tellOthers: async () => {},
  })
  return { service, accounts, hashed }
}

test('a name nobody has is hashed like any other, so that time does not tell it', async () => {
  const { service, hashed } = await createService()
  for (const name of ['tester', 'nobody-here']) {
    await expect(service.signIn(name, 'not the password', '192.0.2.1')).rejects.toMatchObject({ code: 4012 })
  }
  expect(hashed.times).toBe(2)
})

test('who may not try any more is refused without a hash', async () => {
  const { service, hashed } = await createService()
  for (let n = 0; n < 10; n++) {
    await service.signIn('madscie', 'not the password', '192.0.2.1').catch(() => {})
  }
  await expect(service.signIn('madscie', '1234567890', '192.0.2.1')).rejects.toMatchObject({ code: 4290 })
  expect(hashed.times).toBe(10)
})

test('a token of before a change of password cannot change it again', async () => {
  const { service, accounts } = await createService()
  const account = await accounts.findByName('janitor')
  if (!account) throw new Error('there is no janitor')
  const claims = { uid: account.id, username: account.username, gen: 0, jti: 'x', exp: 9_999_999_999 }
  const passwords = { current: '1234567890', wanted: 'a new password' }
  const both = await Promise.allSettled([
    service.changePassword(claims, passwords, '192.0.2.1'),
    service.changePassword(claims, passwords, '192.0.2.1'),
  ])
  expect(both.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected'])
  await expect(
    service.changePassword(claims, { current: 'a new password', wanted: 'another one' }, '192.0.2.1'),
  ).rejects.toMatchObject({ code: 4011 })
})
