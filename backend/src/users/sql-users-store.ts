import { AppError, errorCodes } from '@roundtable/common/errors'
import { sql } from 'kysely'
import type { Database } from '../database/open-database.ts'
import { afterPrefix, nameKey } from './name-key.ts'
import type { FoundUsers, Profile, SearchPosition, User, UserSearch, UsersStore } from './store.ts'
import { isFriendOf, toSeenUser, userColumns } from './user-columns.ts'

/** Users in MySQL or SQLite: docs/schema/mysql.md. */
export function createSqlUsersStore(db: Database): UsersStore {
  return {
    async get(id, askerId) {
      const row = await db
        .selectFrom('users')
        .select(userColumns)
        .select(isFriendOf(askerId))
        .where('id', '=', id)
        .executeTakeFirst()
      if (!row) throw noSuchUser()
      return toSeenUser(row, askerId)
    },

    async list({ limit, afterId }, askerId) {
      const rows = await db
        .selectFrom('users')
        .select(userColumns)
        .select(isFriendOf(askerId))
        .where('id', '>', afterId)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map((row) => toSeenUser(row, askerId))
    },

    search: (search, askerId) => searchUsers(db, search, askerId),

    async update(id, changes) {
      const values = toColumns(changes)
      if (Object.keys(values).length > 0) {
        await db.updateTable('users').set(values).where('id', '=', id).execute()
      }
      const row = await db.selectFrom('users').select(userColumns).where('id', '=', id).executeTakeFirst()
      if (!row) throw noSuchUser()
      return row satisfies User
    },

    async findMissing(ids) {
      if (ids.length === 0) return []
      const rows = await db.selectFrom('users').select('id').where('id', 'in', ids).execute()
      const known = new Set(rows.map((row) => row.id))
      return ids.filter((id) => !known.has(id))
    },

    async ping() {
      await sql`select 1`.execute(db)
    },
  }
}

/** The refusal of an id that belongs to nobody. */
export function noSuchUser(): AppError {
  return new AppError(errorCodes.notFound, 'there is no such user')
}

/** Names as they are stored: as sent, and what they are compared by. */
export function toColumns(profile: Partial<Profile>) {
  const { firstName, lastName, ...same } = profile
  return {
    ...same,
    ...(firstName === undefined ? {} : { first_name: firstName, first_name_key: keyOf(firstName) }),
    ...(lastName === undefined ? {} : { last_name: lastName, last_name_key: keyOf(lastName) }),
  }
}

function keyOf(name: string | null): Buffer | null {
  return name === null ? null : nameKey(name)
}

/** One walk along the index of the first name, or of the last name when it is the only one given. */
async function searchUsers(db: Database, search: UserSearch, askerId: number): Promise<FoundUsers> {
  const column = search.firstName === undefined ? 'last_name_key' : 'first_name_key'
  const prefix = nameKey(search.firstName ?? search.lastName ?? '')
  const lastName = search.firstName === undefined ? undefined : search.lastName

  const base = () => {
    const query = db.selectFrom('users').select(userColumns).select(isFriendOf(askerId))
    if (lastName === undefined) return query
    const lastKey = nameKey(lastName)
    return query.where('last_name_key', '>=', lastKey).where('last_name_key', '<', afterPrefix(lastKey))
  }
  const ofSameName = ({ key, id }: SearchPosition, limit: number) =>
    base().where(column, '=', key).where('id', '>', id).orderBy('id').limit(limit).execute()
  const ofLaterNames = (after: Buffer | undefined, limit: number) =>
    base()
      .where(column, after ? '>' : '>=', after ?? prefix)
      .where(column, '<', afterPrefix(prefix))
      .orderBy(column)
      .orderBy('id')
      .limit(limit)
      .execute()

  // One more than asked for tells whether there is more. Two plain ranges, as no database walks an index by
  // `key > ? or (key = ? and id > ?)` as well.
  const wanted = search.limit + 1
  const rows = search.after ? await ofSameName(search.after, wanted) : []
  if (rows.length < wanted) rows.push(...(await ofLaterNames(search.after?.key, wanted - rows.length)))
  const page = rows.slice(0, search.limit)
  const users = page.map((row) => toSeenUser(row, askerId))
  const last = page.at(-1)
  if (rows.length <= search.limit || !last) return { users }
  const name = search.firstName === undefined ? last.lastName : last.firstName
  return { users, next: { key: nameKey(name ?? ''), id: last.id } }
}
