import type { Kysely, Migration } from 'kysely'
import { hashPassword } from '../src/auth/password-hashing.ts'
import type { Tables } from '../src/database/schema.ts'
import { nameKey } from '../src/users/name-key.ts'

const demoUsers = [
  { id: 1, username: 'janitor', firstName: 'Roger', lastName: 'Wilco' },
  { id: 2, username: 'madscie', firstName: 'Sludge', lastName: 'Vohaul' },
  { id: 3, username: 'tester', firstName: 'Test', lastName: 'Testov' },
]
const demoPassword = '1234567890'

/**
 * Three users to try the system with. It runs once, right after the tables were made: whoever did not want them then
 * will not get them later, into a database in use.
 */
export function seedDemoUsers(wanted: boolean): Migration {
  return {
    async up(untyped) {
      if (!wanted) return
      const db = untyped as Kysely<Tables>
      const someone = await db.selectFrom('users').select('id').limit(1).executeTakeFirst()
      if (someone) return
      const rows = []
      for (const user of demoUsers) {
        rows.push({
          id: user.id,
          username: user.username,
          username_key: nameKey(user.username),
          password_hash: await hashPassword(demoPassword),
          gender: 'm' as const,
          first_name: user.firstName,
          first_name_key: nameKey(user.firstName),
          last_name: user.lastName,
          last_name_key: nameKey(user.lastName),
          created_at: Math.floor(Date.now() / 1000),
        })
      }
      await db.insertInto('users').values(rows).execute()
    },
  }
}
