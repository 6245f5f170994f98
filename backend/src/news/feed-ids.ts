import { sql } from 'kysely'
import type { Database } from '../database/open-database.ts'
import type { FeedPage } from './store.ts'

/** The newest event of an author, below the place asked for. */
interface Head {
  uid: number
  id: number
}

/** How many events, of whomever, are looked through before the authors are asked one by one. */
const walkedEvents = 2_000
/** Statements come in few lengths, as each one is prepared on each connection. SQLite takes up to 500 parts. */
const statementLengths = [8, 16, 32, 64, 128, 256]
const longestStatement = 256
/** Nobody has it. */
const nobody = 0
/** Above every event. */
const aboveAll = Number.MAX_SAFE_INTEGER

/**
 * Ids of one page of a user's feed, newest first: docs/adr/0015-feeds-are-merged-when-they-are-read.md. What it costs is
 * bounded by the number of those followed and the length of the page, whatever lies before, between and after.
 */
export async function feedIds(db: Database, uid: number, page: FeedPage): Promise<number[]> {
  const { limit, before } = page
  if (before === undefined)
    return merge(db, uid, await newestHeads(db, uid, limit), { limit, before: aboveAll })
  const near = await walkBack(db, uid, { limit, before })
  if (near.length === limit || before <= walkedEvents) return near
  return merge(db, uid, await headsBelow(db, uid, { limit, before }), { limit, before })
}

/** Looks through the events just before, of whomever: where those followed write much, this finds the page at once. */
async function walkBack(db: Database, uid: number, { limit, before }: Required<FeedPage>): Promise<number[]> {
  const rows = await db
    .selectFrom('events')
    .leftJoin('friendships', (join) =>
      join.onRef('friendships.friend_id', '=', 'events.uid').on('friendships.uid', '=', uid),
    )
    .select('events.id')
    .where('events.id', '>=', before - walkedEvents)
    .where('events.id', '<', before)
    // Also events of others than friends may count, so no server turns this round and begins with all friends.
    .where((eb) =>
      eb.or([
        eb('friendships.uid', 'is not', null),
        eb.and([eb('events.uid', '=', uid), eb('events.name', '=', 'post')]),
      ]),
    )
    .orderBy('events.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** Of those followed, the `limit` who were the last to do something: nobody else can be on the first page. */
async function newestHeads(db: Database, uid: number, limit: number): Promise<Head[]> {
  const rows = await db
    .selectFrom('friendships')
    .select((eb) => [
      'friendships.friend_id as uid',
      eb
        .selectFrom('events')
        .select('events.id')
        .whereRef('events.uid', '=', 'friendships.friend_id')
        .orderBy('events.id', 'desc')
        .limit(1)
        .as('id'),
    ])
    .where('friendships.uid', '=', uid)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.filter(isHead)
}

/**
 * The same below a place in the feed. Each author is a part of the statement with the place written into it: from a join
 * MySQL would walk through all newer events of each to get there.
 */
async function headsBelow(db: Database, uid: number, { limit, before }: Required<FeedPage>): Promise<Head[]> {
  const rows = await db.selectFrom('friendships').select('friend_id').where('uid', '=', uid).execute()
  const authors = rows.map((row) => row.friend_id)
  const heads: Head[] = []
  for (let from = 0; from < authors.length; from += longestStatement) {
    const parts = pad(authors.slice(from, from + longestStatement), nobody).map(
      (author) =>
        sql`select ${author} as uid, (select id from events where uid = ${author} and id < ${before} order by id desc limit 1) as id`,
    )
    const found = await sql<Head | NoHead>`${sql.join(parts, sql` union all `)}`.execute(db)
    heads.push(...found.rows.filter(isHead))
  }
  return heads.sort((a, b) => b.id - a.id).slice(0, limit)
}

interface NoHead {
  uid: number
  id: null
}

function isHead(row: Head | NoHead): row is Head {
  return row.id !== null
}

/**
 * The newest events of these authors, and the user's own posts. Before an author's newest event come those of the authors
 * before, one each at least, so ever fewer are needed of those further down.
 */
async function merge(
  db: Database,
  uid: number,
  heads: readonly Head[],
  { limit, before }: Required<FeedPage>,
): Promise<number[]> {
  const lowest = heads.length < limit ? 0 : (heads.at(-1)?.id ?? 0)
  const wanted = heads.map((head, rank) => ({ author: head.uid, limit: limit - rank }))
  const parts = pad(wanted, { author: nobody, limit: 0 }).map(
    (part) =>
      sql`select id from (select id from events where uid = ${part.author} and id >= ${lowest} and id < ${before} order by id desc limit ${part.limit}) as author`,
  )
  const own = sql`select id from (select id from events where uid = ${uid} and name = 'post' and id >= ${lowest} and id < ${before} order by id desc limit ${limit}) as own`
  const all = sql.join([own, ...parts], sql` union all `)
  const { rows } = await sql<{
    id: number
  }>`select id from (${all}) as feed order by id desc limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** As long as the next of the lengths that statements have. */
function pad<T>(parts: readonly T[], empty: T): T[] {
  const length = statementLengths.find((one) => one >= parts.length) ?? parts.length
  return Array.from({ length }, (_, i) => parts[i] ?? empty)
}
