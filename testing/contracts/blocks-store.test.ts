import { beforeAll, expect, test } from '@jest/globals'
import { createSqlBlocksStore } from '@roundtable/backend/src/blocks/sql-blocks-store'
import type { BlocksStore } from '@roundtable/backend/src/blocks/store'
import type { Database } from '@roundtable/backend/src/database/open-database'
import { createSqlFriendsStore } from '@roundtable/backend/src/friends/sql-friends-store'
import type { FriendsStore } from '@roundtable/backend/src/friends/store'
import { createSqlNewsStore } from '@roundtable/backend/src/news/sql-news-store'
import type { NewsStore } from '@roundtable/backend/src/news/store'
import { type KyselyPlugin, type QueryId, sql } from 'kysely'
import { waitUntil } from '../servers/wait-until.ts'
import { explain } from './explain.ts'
import { onEachServer, openForSuite } from './users-database.ts'
import { addUser, addUsers } from './users-for-tests.ts'

onEachServer('blocks-store', (start) => {
  const opened = openForSuite(start)
  let database: Database
  let blocks: BlocksStore
  let friends: FriendsStore
  let news: NewsStore
  const { queries } = opened

  beforeAll(() => {
    database = opened.database
    blocks = createSqlBlocksStore(database)
    friends = createSqlFriendsStore(database)
    news = createSqlNewsStore(database)
  })

  const blocked = async (uid: number, limit = 10, afterId = 0) =>
    (await blocks.list(uid, { limit, afterId })).map((user) => user.id)
  const followed = async (uid: number) =>
    (await friends.list(uid, { limit: 10, afterId: 0 })).map((user) => user.id)

  test('blocking and its end are idempotent, listed by id, and go with the user', async () => {
    const [a = 0, b = 0, c = 0] = await addUsers(database, 'listed', 3)
    for (let twice = 0; twice < 2; twice++) {
      await blocks.block(a, c)
      await blocks.block(a, b)
    }
    expect(await blocked(a)).toEqual([b, c])
    expect(await blocked(a, 1)).toEqual([b])
    expect(await blocked(a, 1, b)).toEqual([c])
    expect(await blocked(b)).toEqual([])
    for (let twice = 0; twice < 2; twice++) await blocks.unblock(a, b)
    expect(await blocked(a)).toEqual([c])
    await expect(blocks.block(a, 987_654)).rejects.toMatchObject({ code: 4040 })
    await database.deleteFrom('users').where('id', '=', c).execute()
    expect(await blocked(a)).toEqual([])
  })

  test('it ends following both ways, silently, and keeps it from beginning again either way', async () => {
    const [a = 0, b = 0, c = 0] = await addUsers(database, 'apart', 3)
    for (const [one, other] of [
      [a, b],
      [b, a],
      [a, c],
    ] as const)
      await friends.follow(one, other)
    await news.post({ uid: a, text: 'from a' })
    await news.post({ uid: b, text: 'from b' })
    await blocks.block(a, b)
    expect(await followed(a)).toEqual([c])
    expect(await followed(b)).toEqual([])
    for (const uid of [a, b]) {
      expect((await news.feed(uid, { limit: 10 })).map((event) => event.uid)).toEqual([uid])
    }
    const untold = await database.selectFrom('events').select('id').where('name', '=', 'unfollow').execute()
    expect(untold).toEqual([])
    await expect(friends.follow(b, a)).rejects.toMatchObject({ code: 4031 })
    await expect(friends.follow(a, b)).rejects.toMatchObject({ code: 4031 })
    const told = () => database.selectFrom('events').select('id').where('uid', '=', b).execute()
    const before = await told()
    expect(await followed(b)).toEqual([])
    expect(await told()).toEqual(before)
    await blocks.unblock(a, b)
    expect(await friends.follow(b, a)).toMatchObject({ uid: b, friendId: a })
  })

  test('it is told who of some has blocked one, not whom one has blocked', async () => {
    const [a = 0, b = 0, c = 0] = await addUsers(database, 'asked', 3)
    await blocks.block(a, b)
    await blocks.block(c, b)
    expect((await blocks.findBlocked(b, [a, c, 987_654])).toSorted()).toEqual([a, c].toSorted())
    expect(await blocks.findBlocked(b, [a])).toEqual([a])
    expect(await blocks.findBlocked(a, [b, c])).toEqual([])
    expect(await blocks.findBlocked(b, [])).toEqual([])
  })

  test('who blocks and who begins to follow at the same time end with the block alone', async () => {
    const [a = 0, b = 0] = await addUsers(database, 'racing', 2)
    for (let round = 0; round < 20; round++) {
      const outcomes = await Promise.allSettled([
        friends.follow(b, a),
        blocks.block(a, b),
        friends.follow(a, b),
        friends.unfollow(b, a),
        blocks.block(b, a),
      ])
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 4031 })
      }
      expect([await followed(a), await followed(b)]).toEqual([[], []])
      await blocks.unblock(a, b)
      await blocks.unblock(b, a)
    }
  })

  test('who begins to follow waits for a block that is not committed yet', async () => {
    // On SQLite writers wait for each other.
    if (opened.config.kind === 'sqlite') return
    const [a = 0, b = 0] = await addUsers(database, 'waiting', 2)
    // As some servers are set up: rows that are not there yet are not locked.
    await sql`set global transaction isolation level read committed`.execute(database)
    const looser = opened.openAnother()
    const pause = pauseAfterLastDelete()
    const blocking = createSqlBlocksStore(looser.withPlugin(pause.plugin)).block(a, b)
    await pause.reached
    let isAnswered = false
    const following = createSqlFriendsStore(looser)
      .follow(b, a)
      .catch((error: unknown) => error)
      .finally(() => {
        isAnswered = true
      })
    await waitUntil('it waits or is done', async () => isAnswered || (await countWaiting(database)) > 0)
    pause.goOn()
    await blocking
    expect(await following).toMatchObject({ code: 4031 })
    expect(await followed(b)).toEqual([])
  })

  test('every read walks an index', async () => {
    const others = await addUsers(database, 'explained', 30)
    const uid = await addUser(database, 'explaining')
    for (const other of others) await blocks.block(other, uid)
    queries.length = 0
    await blocks.list(uid, { limit: 10, afterId: 0 })
    await blocks.findBlocked(uid, others.slice(0, 5))
    expect(queries).toHaveLength(2)
    for (const query of [...queries]) {
      const plan = await explain(database, opened.config.kind, query)
      expect(`${query.sql}\n${plan.join('\n')}`).not.toMatch(/SCAN|TEMP B-TREE|filesort|temporary|\bALL\b/)
    }
  })
})

/** Lets a block do all it does but commit. */
function pauseAfterLastDelete() {
  let reach = () => {}
  let goOn = () => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  const gate = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const deletes = new Set<QueryId>()
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      if (node.kind === 'DeleteQueryNode') deletes.add(queryId)
      return node
    },
    async transformResult({ result, queryId }) {
      if (deletes.has(queryId) && deletes.size === 2) {
        reach()
        await gate
      }
      return result
    },
  }
  return { plugin, reached, goOn: () => goOn() }
}

/** How many transactions wait for a row that another one holds. */
async function countWaiting(database: Database): Promise<number> {
  const { rows } = await sql<{ Value: string }>`show status like 'Innodb_row_lock_current_waits'`.execute(
    database,
  )
  return Number(rows[0]?.Value)
}
