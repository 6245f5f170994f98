import { sql } from 'kysely'
import type { Database } from '../database/open-database.ts'
import type { FeedPage } from './store.ts'

/** MariaDB makes a join of a longer list, which reads all that these authors ever did. */
const authorsAtOnce = 900
/** So many times a page may be found in a window of ids; of more it is not told how many. */
const pagesInWindow = 10
/** Most that a window grows by at once. */
const mostGrowth = 64

/**
 * Ids of one page of a user's feed, newest first: docs/adr/0015-feeds-are-merged-when-they-are-read.md. Looks for the
 * window of ids just before the page's end that holds the page and little more. What that costs depends on the number of
 * those followed and the length of the page, not on how much was ever written.
 */
export async function feedIds(db: Database, uid: number, { limit, before }: FeedPage): Promise<number[]> {
  const [authors, newest] = await Promise.all([followedBy(db, uid), newestId(db)])
  const end = Math.min(before ?? newest + 1, newest + 1)
  const [own, theirs] = await Promise.all([
    newestPosts(db, uid, { limit, before: end }),
    newestOf(db, authors, { limit, before: end }),
  ])
  return [...own, ...theirs].sort((a, b) => b - a).slice(0, limit)
}

/** Whom the user follows, by id. */
export async function followedBy(db: Database, uid: number, limit?: number): Promise<number[]> {
  const query = db.selectFrom('friendships').select('friend_id').where('uid', '=', uid).orderBy('friend_id')
  const rows = await (limit === undefined ? query : query.limit(limit)).execute()
  return rows.map((row) => row.friend_id)
}

async function newestId(db: Database): Promise<number> {
  const row = await db
    .selectFrom('events')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst()
  return Number(row?.id ?? 0)
}

async function newestPosts(db: Database, uid: number, page: Required<FeedPage>): Promise<number[]> {
  const rows = await db
    .selectFrom('events')
    .select('id')
    .where('uid', '=', uid)
    .where('name', '=', 'post')
    .where('id', '<', page.before)
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** The newest events of these authors, and maybe some more, in no order. */
async function newestOf(
  db: Database,
  authors: readonly number[],
  { limit, before }: Required<FeedPage>,
): Promise<number[]> {
  if (authors.length === 0) return []
  const most = limit * pagesInWindow
  let tooSmall = 0
  let tooLarge = Number.POSITIVE_INFINITY
  // The first one cannot hold too many.
  let size = most
  for (;;) {
    const found = await idsWithin(db, authors, { from: before - size, before, most })
    if (found === undefined) tooLarge = size
    else if (found.length >= limit || size >= before) return found
    else tooSmall = size
    const grown = size * Math.min(mostGrowth, Math.ceil((2 * limit) / Math.max(1, found?.length ?? 0)))
    size = tooLarge === Number.POSITIVE_INFINITY ? grown : Math.floor(Math.sqrt(tooSmall * tooLarge))
    if (size > tooSmall) continue
    // No window in between: someone left meanwhile, and took their news along.
    tooSmall = 0
    tooLarge = Number.POSITIVE_INFINITY
    size = most
  }
}

/**
 * Ids of what these authors did in a window of ids, in no order; undefined when they are more than `most`. One seek for
 * each author. The numbers stand in the statement itself, as one that is prepared would be kept for each set of authors.
 */
async function idsWithin(
  db: Database,
  authors: readonly number[],
  { from, before, most }: { from: number; before: number; most: number },
): Promise<number[] | undefined> {
  const ids: number[] = []
  for (let i = 0; i < authors.length; i += authorsAtOnce) {
    const some = sql.raw(authors.slice(i, i + authorsAtOnce).join(', '))
    const left = most - ids.length + 1
    const query = sql<{ id: number }>`select id from events where uid in (${some})
      and id >= ${sql.lit(from)} and id < ${sql.lit(before)} limit ${sql.lit(left)}`
    const { rows } = await query.execute(db)
    for (const { id } of rows) ids.push(id)
    if (ids.length > most) return undefined
  }
  return ids
}
