import { createSqlAccountsStore } from '@roundtable/backend/src/auth/sql-accounts-store'
import type { Database } from '@roundtable/backend/src/database/open-database'

/** Adds so many users of names nobody else has; answers their ids. */
export async function addUsers(database: Database, prefix: string, count: number): Promise<number[]> {
  const accounts = createSqlAccountsStore(database)
  const profile = { firstName: null, lastName: null, age: null, city: null, interests: null }
  const ids: number[] = []
  for (let n = 1; n <= count; n++) {
    const account = { ...profile, gender: 'f' as const, username: `${prefix}-${n}`, passwordHash: 'h' }
    ids.push((await accounts.create(account)).id)
  }
  return ids
}

/** One user of a name nobody else has. */
export async function addUser(database: Database, prefix: string): Promise<number> {
  const [id] = await addUsers(database, prefix, 1)
  if (id === undefined) throw new Error(`nobody was added as ${prefix}`)
  return id
}
