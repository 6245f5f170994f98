import { beforeAll, expect, test } from '@jest/globals'
import { createSqlAccountsStore } from '@roundtable/backend/src/auth/sql-accounts-store'
import type { AccountsStore } from '@roundtable/backend/src/auth/store'
import type { Database } from '@roundtable/backend/src/database/open-database'
import { createSqlFriendsStore } from '@roundtable/backend/src/friends/sql-friends-store'
import type { FriendsStore } from '@roundtable/backend/src/friends/store'
import { createSqlUsersStore } from '@roundtable/backend/src/users/sql-users-store'
import type { SearchPosition, UserSearch, UsersStore } from '@roundtable/backend/src/users/store'
import { explain } from './explain.ts'
import { onEachServer, openForSuite } from './users-database.ts'

const profile = {
  gender: 'f' as const,
  firstName: null,
  lastName: null,
  age: null,
  city: null,
  interests: null,
}

onEachServer('users-store', (start) => {
  const opened = openForSuite(start)
  let database: Database
  let accounts: AccountsStore
  let users: UsersStore
  let friends: FriendsStore
  const { queries } = opened

  beforeAll(() => {
    database = opened.database
    accounts = createSqlAccountsStore(database)
    users = createSqlUsersStore(database)
    friends = createSqlFriendsStore(database)
  })

  const create = async (username: string, more: object = {}) =>
    (await accounts.create({ ...profile, username, passwordHash: 'h', ...more })).id

  async function searchAll(search: Omit<UserSearch, 'after' | 'limit'>, limit: number): Promise<string[]> {
    const names: string[] = []
    for (let after: SearchPosition | undefined; ; ) {
      const found = await users.search({ ...search, limit, ...(after ? { after } : {}) }, 0)
      names.push(...found.users.map((user) => user.username))
      if (!found.next) return names
      after = found.next
    }
  }

  test('a user is read as it was made', async () => {
    const told = {
      ...profile,
      firstName: 'Ada',
      lastName: 'L',
      age: 36,
      city: 'London',
      interests: 'engines',
    }
    const id = await create('Ada-Lovelace', told)
    const { createdAt, ...user } = await users.get(id, 0)
    expect(user).toEqual({ id, username: 'Ada-Lovelace', ...told, isFriend: false })
    expect(Math.abs(createdAt - Date.now() / 1000)).toBeLessThan(60)
  })

  test('nobody is 4040, also where numbers end', async () => {
    for (const id of [0, 987_654, Number.MAX_SAFE_INTEGER]) {
      await expect(users.get(id, 1)).rejects.toMatchObject({ code: 4040 })
      await expect(users.update(id, { city: 'x' })).rejects.toMatchObject({ code: 4040 })
      await expect(friends.follow(1, id)).rejects.toMatchObject({ code: 4040 })
    }
  })

  test('names differ when letters do, and not by case or by how the letters are written', async () => {
    await create('Zoë-Straße')
    for (const same of ['zoë-straße', 'ZOË-STRASSE', 'Zoe\u0308-Straße', 'Ｚoë-Straße']) {
      await expect(create(same)).rejects.toMatchObject({ code: 4092 })
      expect((await accounts.findByName(same))?.username).toBe('Zoë-Straße')
    }
    await create('Zoe-Straße')
    await create('Zoë-Straße ')
    expect((await accounts.findByName('Zoë-Straße '))?.username).toBe('Zoë-Straße ')
    expect(await accounts.findByName('zoë')).toBeUndefined()
  })

  test.each([
    '👩‍👩‍👧‍👦',
    'שלום',
    'e\u0301',
    'a\0b\0',
    '\u202eabc',
    "'; drop table x; --",
    '\u{10ffff}',
    ' ',
    '',
  ])('text is kept as it is: %j', async (text) => {
    const id = await create(`text-${[...text].map((c) => c.codePointAt(0)).join('-')}`.slice(0, 30))
    const changes = { firstName: text, lastName: text, city: text, interests: text }
    expect(await users.update(id, changes)).toMatchObject(changes)
    expect(await users.get(id, 0)).toMatchObject(changes)
  })

  test('the longest of everything fits', async () => {
    // It decomposes into 18 letters: nothing makes a longer key.
    const widest = '\ufdfa'
    const longest = {
      firstName: widest.repeat(20),
      lastName: widest.repeat(30),
      city: '😀'.repeat(80),
      interests: '😀'.repeat(500),
    }
    const id = await create(widest.repeat(30), longest)
    expect(await users.get(id, 0)).toMatchObject(longest)
  })

  test('a change leaves the rest as it is', async () => {
    const id = await create('changing', { firstName: 'Before', city: 'Here' })
    expect(await users.update(id, { firstName: 'After', age: 40 })).toMatchObject({
      firstName: 'After',
      city: 'Here',
      age: 40,
    })
    expect(await users.update(id, {})).toMatchObject({ firstName: 'After' })
    expect(await searchAll({ firstName: 'Before' }, 10)).toEqual([])
    expect(await searchAll({ firstName: 'aft' }, 10)).toEqual(['changing'])
    await users.update(id, { firstName: null })
    expect(await searchAll({ firstName: 'aft' }, 10)).toEqual([])
  })

  test('pages by id give everybody once', async () => {
    const seen: number[] = []
    for (let afterId = 0; ; ) {
      const page = await users.list({ limit: 2, afterId }, 0)
      seen.push(...page.map((user) => user.id))
      const last = page.at(-1)
      if (!last) break
      afterId = last.id
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
    const { count } = await database
      .selectFrom('users')
      .select(database.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    expect(seen).toHaveLength(count)
  })

  test('a search gives whose names begin so, each once, in the order of names', async () => {
    for (const n of [1, 2, 3, 4, 5]) await create(`same-${n}`, { firstName: 'Same', lastName: 'Person' })
    await create('same-6', { firstName: 'sam', lastName: 'other' })
    await create('same-7', { firstName: 'SAMEY', lastName: 'PERSONS' })
    await create('percent', { firstName: 'Sa%' })
    const same = ['same-1', 'same-2', 'same-3', 'same-4', 'same-5']
    for (const limit of [1, 2, 3, 5, 6, 100]) {
      expect(await searchAll({ firstName: 'SAM' }, limit)).toEqual(['same-6', ...same, 'same-7'])
      expect(await searchAll({ lastName: 'person' }, limit)).toEqual([...same, 'same-7'])
      expect(await searchAll({ firstName: 'sam', lastName: 'o' }, limit)).toEqual(['same-6'])
    }
    expect(await searchAll({ firstName: 'sa%' }, 10)).toEqual(['percent'])
    expect(await searchAll({ firstName: '%' }, 10)).toEqual([])
    expect(await searchAll({ firstName: 's_' }, 10)).toEqual([])
  })

  test('who is missing is told', async () => {
    const id = await create('is-there')
    expect(await users.findMissing([])).toEqual([])
    expect(await users.findMissing([id])).toEqual([])
    expect(await users.findMissing([id, 999_999, Number.MAX_SAFE_INTEGER])).toEqual([
      999_999,
      Number.MAX_SAFE_INTEGER,
    ])
  })

  test('following is one-way and idempotent, and ends with the user', async () => {
    const [a, b, c] = [await create('follower'), await create('followed-b'), await create('followed-c')]
    const followed = async (uid: number) =>
      (await friends.list(uid, { limit: 10, afterId: 0 })).map((user) => user.id)
    for (let twice = 0; twice < 2; twice++) {
      await friends.follow(a, c)
      await friends.follow(a, b)
    }
    expect(await followed(a)).toEqual([b, c])
    expect(await followed(b)).toEqual([])
    expect((await friends.list(a, { limit: 1, afterId: b }))[0]).toMatchObject({ id: c, isFriend: true })
    expect((await users.get(b, a)).isFriend).toBe(true)
    expect((await users.get(a, b)).isFriend).toBe(false)
    expect(await users.get(a, a)).not.toHaveProperty('isFriend')
    for (let twice = 0; twice < 2; twice++) await friends.unfollow(a, b)
    expect(await followed(a)).toEqual([c])
    await accounts.delete(c, 0)
    expect(await followed(a)).toEqual([])
  })

  test('twenty who follow the same at once all succeed', async () => {
    const [a, b] = [await create('at-once-a'), await create('at-once-b')]
    await Promise.all(Array.from({ length: 20 }, () => friends.follow(a, b)))
    expect(await friends.list(a, { limit: 10, afterId: 0 })).toHaveLength(1)
  })

  test('every read walks an index: none reads the whole table, none sorts', async () => {
    await fill(database, 3_000)
    const someone = await create('explained')
    const position = { key: Buffer.from('FIRST-1'), id: 50 }
    queries.length = 0
    await users.get(someone, 1)
    await users.list({ limit: 10, afterId: 100 }, 1)
    await users.search({ firstName: 'first-1', limit: 10 }, 1)
    await users.search({ firstName: 'first-1', limit: 10, after: position }, 1)
    await users.search({ lastName: 'last-2', limit: 10 }, 1)
    await users.search({ firstName: 'first-1', lastName: 'last-2', limit: 10 }, 1)
    await users.findMissing([1, 2, 3])
    await friends.list(1, { limit: 10, afterId: 0 })
    await accounts.findByName('filler-7')
    expect(queries.length).toBeGreaterThanOrEqual(9)
    for (const query of [...queries]) {
      const plan = await explain(database, opened.config.kind, query)
      expect(`${query.sql}\n${plan.join('\n')}`).not.toMatch(/SCAN|TEMP B-TREE|filesort|temporary|\bALL\b/)
    }
  })
})

/** Users enough for a whole scan to be the worse plan. */
async function fill(database: Database, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => ({
    username: `filler-${n}`,
    username_key: Buffer.from(`FILLER-${n}`),
    password_hash: 'h',
    gender: 'f' as const,
    first_name: `First-${n}`,
    first_name_key: Buffer.from(`FIRST-${n}`),
    last_name: `Last-${n}`,
    last_name_key: Buffer.from(`LAST-${n}`),
    created_at: 0,
  }))
  for (let n = 0; n < count; n += 500) {
    await database
      .insertInto('users')
      .values(rows.slice(n, n + 500))
      .execute()
  }
}
