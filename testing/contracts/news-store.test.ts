import { beforeAll, expect, test } from '@jest/globals'
import { createSqlAccountsStore } from '@roundtable/backend/src/auth/sql-accounts-store'
import type { Database } from '@roundtable/backend/src/database/open-database'
import { createSqlFriendsStore } from '@roundtable/backend/src/friends/sql-friends-store'
import type { FriendsStore } from '@roundtable/backend/src/friends/store'
import { createSqlNewsStore } from '@roundtable/backend/src/news/sql-news-store'
import type { NewsEvent, NewsStore } from '@roundtable/backend/src/news/store'
import { sql } from 'kysely'
import { explain } from './explain.ts'
import { onEachServer, openForSuite } from './users-database.ts'
import { addUser, addUsers } from './users-for-tests.ts'

onEachServer('news-store', (start) => {
  const opened = openForSuite(start)
  let database: Database
  let news: NewsStore
  let friends: FriendsStore
  const { queries } = opened

  beforeAll(() => {
    database = opened.database
    news = createSqlNewsStore(database)
    friends = createSqlFriendsStore(database)
  })

  const post = (uid: number, text: string) => news.post({ uid, text })
  const told = (events: NewsEvent[]) => events.map(({ uid, name, message }) => [uid, name, message])

  async function readAll(uid: number, limit: number, between: () => Promise<unknown> = async () => {}) {
    const seen: number[] = []
    for (let before: number | undefined; ; ) {
      const page = await news.feed(uid, { limit, ...(before === undefined ? {} : { before }) })
      seen.push(...page.map((event) => event.id))
      before = page.at(-1)?.id
      if (page.length < limit || before === undefined) return seen
      await between()
    }
  }

  test('a feed is what those one follows did and wrote, and own posts, newest first', async () => {
    const [reader = 0, author = 0, stranger = 0] = await addUsers(database, 'feed', 3)
    await post(author, 'before it was followed')
    await friends.follow(reader, author)
    await post(stranger, 'not seen')
    await news.record(reader, 'login')
    await news.record(author, 'login')
    const own = await post(reader, 'my own')
    await friends.follow(author, stranger)
    await friends.unfollow(author, stranger)
    await news.record(author, 'logout')
    const feed = await news.feed(reader, { limit: 10 })
    expect(told(feed)).toEqual([
      [author, 'logout', 'signed out'],
      [author, 'unfollow', 'follows feed-3 no more'],
      [author, 'follow', 'follows feed-3'],
      [reader, 'post', 'my own'],
      [author, 'login', 'signed in'],
      [author, 'post', 'before it was followed'],
    ])
    expect(feed[1]).toMatchObject({ friendId: stranger })
    expect(feed[3]).toEqual(own)
    expect(await news.followed(reader, 10)).toEqual([author])
    expect(Math.abs(own.ts - Date.now() / 1000)).toBeLessThan(60)
    await friends.unfollow(reader, author)
    expect(told(await news.feed(reader, { limit: 10 }))).toEqual([[reader, 'post', 'my own']])
    expect(await news.feed(await addUser(database, 'lonely'), { limit: 10 })).toEqual([])
  })

  test('who begins or ceases to follow makes one event, and none when nothing changes', async () => {
    const [a = 0, b = 0] = await addUsers(database, 'follow', 2)
    expect(await friends.unfollow(a, b)).toBeUndefined()
    const event = await friends.follow(a, b)
    expect(event).toMatchObject({ uid: a, name: 'follow', friendId: b, message: 'follows follow-2' })
    expect(await friends.follow(a, b)).toBeUndefined()
    await expect(friends.follow(a, 987_654)).rejects.toMatchObject({ code: 4040 })
    expect(await friends.unfollow(a, b)).toMatchObject({ uid: a, name: 'unfollow', friendId: b })
    expect(await friends.unfollow(a, b)).toBeUndefined()
    const rows = await database.selectFrom('events').select('name').where('uid', '=', a).execute()
    expect(rows.map((row) => row.name)).toEqual(['follow', 'unfollow'])
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => friends.follow(a, b)))
    expect([first, ...others].filter((one) => one !== undefined)).toHaveLength(1)
  })

  test('a request that is repeated posts once, also twenty times at once; another text is refused', async () => {
    const uid = await addUser(database, 'repeating')
    const request = { uid, text: 'once', requestId: 'a'.repeat(24) }
    const all = await Promise.all(Array.from({ length: 20 }, () => news.post(request)))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    await expect(news.post({ ...request, text: 'twice' })).rejects.toMatchObject({ code: 4090 })
    await post(uid, 'once')
    await post(uid, 'once')
    expect(await news.feed(uid, { limit: 10 })).toHaveLength(3)
  })

  test.each([
    ['the longest', '😀'.repeat(1_000)],
    ['NUL', 'a\0b\0'],
    ['a blank', ' '],
    ['SQL', "'; drop table events; --"],
    ['from right to left', '\u202eשלום'],
  ])('a post is kept as it is: %s', async (_, text) => {
    const uid = await addUser(database, `text-${[...text].length}-${text.codePointAt(0)}`)
    const event = await post(uid, text)
    expect(event.message).toBe(text)
    expect(await news.feed(uid, { limit: 1 })).toEqual([event])
  })

  test('with a user go their news, and their name from the news of others', async () => {
    const [reader = 0, author = 0, leaver = 0] = await addUsers(database, 'leaving', 3)
    await friends.follow(reader, author)
    await friends.follow(author, leaver)
    await post(leaver, 'last words')
    await createSqlAccountsStore(database).delete(leaver, 0)
    expect(told(await news.feed(reader, { limit: 10 }))).toEqual([
      [author, 'follow', 'follows someone who has left'],
    ])
    expect(await database.selectFrom('events').select('id').where('uid', '=', leaver).execute()).toEqual([])
    await expect(post(leaver, 'from beyond')).rejects.toMatchObject({ code: 4011 })
    await expect(news.record(leaver, 'logout')).rejects.toMatchObject({ code: 4011 })
  })

  test('pages give each event once, with busy and silent authors and strangers between', async () => {
    const authors = await addUsers(database, 'paged', 60)
    const [reader = 0, stranger = 0, busy = 0, ...others] = authors
    for (const author of [busy, ...others.slice(0, 40)]) await friends.follow(reader, author)
    // Long silences, so that neither the near past nor the first statement holds a page.
    await write(database, 3_000, (n) => (n % 500 === 0 ? (others[n / 500] ?? stranger) : stranger))
    await write(database, 300, (n) => others[(n * 7) % others.length] ?? stranger)
    await write(database, 2_500, (n) => (n === 1_000 ? reader : stranger))
    await write(database, 700, () => busy)
    await write(database, 40, (n) => others[n] ?? stranger)
    const seenByReader = new Set([reader, busy, ...others.slice(0, 40)])
    const rows = await database
      .selectFrom('events')
      .select(['id', 'uid', 'name'])
      .orderBy('id', 'desc')
      .execute()
    const expected = rows
      .filter((row) => seenByReader.has(row.uid) && (row.uid !== reader || row.name === 'post'))
      .map((row) => row.id)
    expect(expected.length).toBeGreaterThan(900)
    for (const limit of [7, 100, 201]) expect(await readAll(reader, limit)).toEqual(expected)
    // What is written meanwhile is newer than all pages to come.
    expect(await readAll(reader, 90, () => post(busy, 'meanwhile'))).toEqual(expected)
    expect(await news.feed(reader, { limit: 5, before: 1 })).toEqual([])
    const past = await news.feed(reader, { limit: 5, before: 999_999_999_999_999 })
    expect(past).toEqual(await news.feed(reader, { limit: 5 }))
  })

  test('a page reads a bounded number of rows, however much lies before and after it', async () => {
    const [reader = 0, stranger = 0, ...authors] = await addUsers(database, 'bounded', 52)
    for (const author of authors) await friends.follow(reader, author)
    await write(database, 100, (n) => authors[n % 50] ?? 0)
    await write(database, 6_000, () => stranger)
    const [deep] = await news.feed(reader, { limit: 1 })
    await write(database, 15_000, (n) => authors[n % 50] ?? 0)
    // Nobody who is followed wrote anything for long before this place, and much since.
    const before = (deep?.id ?? 0) + 5_000
    if (opened.config.kind === 'sqlite') {
      queries.length = 0
      await news.feed(reader, { limit: 50 })
      await news.feed(reader, { limit: 50, before })
      expect(queries.length).toBeGreaterThanOrEqual(10)
      for (const query of [...queries]) {
        const plan = await explain(database, opened.config.kind, query)
        // What was merged is sorted; the tables themselves are searched.
        expect(`${query.sql}\n${plan.join('\n')}`).not.toMatch(/SCAN (events|friendships|users)/)
      }
      return
    }
    await database.connection().execute(async (one) => {
      const onOne = createSqlNewsStore(one)
      const first = await rowsRead(one, () => onOne.feed(reader, { limit: 50 }))
      const later = await rowsRead(one, () => onOne.feed(reader, { limit: 50, before }))
      expect(first).toBeLessThan(1_500)
      expect(later).toBeLessThan(4_000 + 1_500)
    })
  })
})

/** Posts written at once, the author of each by its number. */
async function write(database: Database, count: number, authorOf: (n: number) => number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => ({
    uid: authorOf(n),
    name: 'post' as const,
    text: `post ${n}`,
    ts: 1_700_000_000,
  }))
  for (let n = 0; n < count; n += 500) {
    await database
      .insertInto('events')
      .values(rows.slice(n, n + 500))
      .execute()
  }
}

/** How many rows the server read for this, by its own count. */
async function rowsRead(database: Database, work: () => Promise<unknown>): Promise<number> {
  const count = async () => {
    const { rows } = await sql<{ Value: string }>`show session status like 'Handler_read%'`.execute(database)
    return rows.reduce((sum, row) => sum + Number(row.Value), 0)
  }
  const before = await count()
  await work()
  return (await count()) - before
}
