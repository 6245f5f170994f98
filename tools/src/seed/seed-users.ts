import { hashPassword } from '@roundtable/backend/src/auth/password-hashing'
import type { Database } from '@roundtable/backend/src/database/open-database'
import { nameKey } from '@roundtable/backend/src/users/name-key'

/** Of every seeded user. */
export const seededPassword = 'seeded-password'

const batch = 1_000
const firstNames =
  'Ada Alan Barbara Claude Donald Edsger Frances Grace Hedy Ivan John Katherine Leslie Margaret Niklaus'.split(
    ' ',
  )
const lastNames =
  'Allen Backus Cerf Dijkstra Engelbart Floyd Goldberg Hamilton Iverson Johnson Knuth Lamport Moore Nygaard'.split(
    ' ',
  )

/**
 * Adds users: seeded<n> with names and the same password.
 * @param onDone told of each so many more
 * @returns ids of the first and the last one
 */
export async function seedUsers(
  db: Database,
  count: number,
  random: () => number,
  onDone: (more: number) => void,
): Promise<{ first: number; last: number }> {
  const passwordHash = await hashPassword(seededPassword)
  const highest = await db
    .selectFrom('users')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst()
  const before = Number(highest?.id ?? 0)
  const pick = (names: readonly string[]) => names[Math.floor(random() * names.length)] ?? ''
  for (let made = 0; made < count; made += batch) {
    const rows = Array.from({ length: Math.min(batch, count - made) }, (_, i) => {
      const id = before + 1 + made + i
      const username = `seeded${id}`
      // A number behind the name: a million people do not share two hundred names.
      const [firstName, lastName] = [pick(firstNames), `${pick(lastNames)}${Math.floor(random() * 10_000)}`]
      return {
        id,
        username,
        username_key: nameKey(username),
        password_hash: passwordHash,
        gender: 'f' as const,
        first_name: firstName,
        first_name_key: nameKey(firstName),
        last_name: lastName,
        last_name_key: nameKey(lastName),
        created_at: Math.floor(Date.now() / 1000),
      }
    })
    await db.insertInto('users').values(rows).execute()
    onDone(rows.length)
  }
  return { first: before + 1, last: before + count }
}
