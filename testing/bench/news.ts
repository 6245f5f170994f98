/**
 * `make bench-news`: how long a post by an author with FOLLOWERS=100000 takes, and how long until the last of them has it
 * in their feed; how long a page takes for who follows few and for who follows FOLLOWED=5000, on a MariaDB. ROUNDS=50.
 */
import { readMigrationConfig } from '@roundtable/backend/src/config'
import { type Database, openDatabase } from '@roundtable/backend/src/database/open-database'
import { migrateWhenReachable } from '@roundtable/backend/src/database/run-migrations'
import { createSqlNewsStore } from '@roundtable/backend/src/news/sql-news-store'
import { createLogger } from '@roundtable/common/logger'
import { seededPassword, seedUsers } from '@roundtable/tools/seed/seed-users'
import { createRandom } from '@roundtable/tools/seed/seeded-random'
import { type ApiUser, signIn } from '../constellation/api-user.ts'
import { startConstellation } from '../constellation/start-constellation.ts'
import { endBySignal } from '../faults/end-by-signal.ts'
import { readNumber } from '../faults/read-number.ts'
import { formatNumber, formatTable } from '../report/format-table.ts'
import { startMariadb } from '../servers/mariadb.ts'
import { measureInTurn, summarize, type Times } from './measure-in-turn.ts'

endBySignal()
const followers = readNumber('FOLLOWERS', 100_000)
const followed = readNumber('FOLLOWED', 5_000)
const rounds = readNumber('ROUNDS', 50)
/** Whom someone follows who follows few. */
const few = 150
/** Events of each author there are. */
const eventsEach = 40
const pageLength = 50
/** How many of the followers are asked whether they have all posts in their feed. */
const asked = 1_000

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const closers: (() => Promise<unknown>)[] = []
try {
  const mariadb = await startMariadb()
  closers.push(() => mariadb.close())
  const { host: DB_HOST, user: DB_USER, password: DB_PASSWORD, database: DB_NAME } = mariadb
  const env = { DB_HOST, DB_USER, DB_PASSWORD, DB_NAME }
  const config = readMigrationConfig({ ...env, SEED_DEMO: 'true' })
  await migrateWhenReachable(config, { logger: createLogger('bench'), patienceMs: 10_000 })
  const db = openDatabase(config.database, { queryMs: 60_000 })
  closers.push(() => db.destroy())
  const people = await fill(db)
  const system = await startConstellation({ nodes: 1, database: env })
  closers.push(() => system.close())
  const url = system.backends[0]?.url ?? ''
  const user = (id: number) => signIn(url, `seeded${id}`, seededPassword)

  const author = await user(people.author)
  const last = await user(people.lastFollower)
  say(`${rounds} posts`)
  const posted: number[] = []
  const seen: number[] = []
  const ids: string[] = []
  for (let round = 0; round < rounds; round++) {
    const { id, requestMs, seenMs } = await post(author, last, round)
    ids.unshift(id)
    posted.push(requestMs)
    seen.push(seenMs)
  }
  const missed = await countMissing(db, people.followers, ids.map(Number))

  say('pages')
  const [readsFew, readsMany] = [await user(people.readsFew), await user(people.readsMany)]
  const middle = people.middleEvent
  const pages = await measureInTurn(
    {
      'first page, follows few': () => readPage(readsFew),
      'first page, follows many': () => readPage(readsMany),
      'page in the middle, follows few': () => readPage(readsFew, middle),
      'page in the middle, follows many': () => readPage(readsMany, middle),
      'page after a long silence, follows few': () => readPage(readsFew, people.afterSilence),
      'page after a long silence, follows many': () => readPage(readsMany, people.afterSilence),
    },
    { rounds, warmUp: 20 },
  )

  const row = (what: string, { p50, p95 }: Times) => [what, formatNumber(p50, 1), formatNumber(p95, 1)]
  const rows = [
    row('the request that posts', summarize(posted)),
    row('until the post is in the feed of the last follower', summarize(seen)),
    ...Object.entries(pages).map(([what, times]) => row(what, times)),
  ]
  const head = [
    `${followers.toLocaleString('en')} followers; few is ${few}, many ${followed}`,
    'p50 ms',
    'p95 ms',
  ]
  process.stdout.write(`\n${formatTable(head, rows, [true, false, false])}\n\n`)
  process.stdout.write(`${missed} of ${Math.min(asked, followers)} followers asked miss a post\n`)
  if (missed > 0) process.exitCode = 1
} finally {
  for (const close of closers.reverse()) await close()
}

interface People {
  author: number
  followers: number[]
  lastFollower: number
  readsFew: number
  readsMany: number
  /** An event with as many before it as after it. */
  middleEvent: number
  /** An event of a stranger, with many more of strangers before it. */
  afterSilence: number
}

/** One author whom all others follow, others who write much, those who read them, and strangers. */
async function fill(db: Database): Promise<People> {
  say(`${followers.toLocaleString('en')} followers`)
  const random = createRandom(1)
  const count = 1 + followers + followed
  const { first } = await seedUsers(db, count, random.next, () => {})
  const author = first
  const followerIds = Array.from({ length: followers }, (_, i) => first + 1 + i)
  const authors = Array.from({ length: followed }, (_, i) => first + 1 + followers + i)
  const [readsFew = 0, readsMany = 0] = followerIds
  const friendships = [
    ...followerIds.map((uid) => [uid, author] as const),
    ...authors.slice(0, few - 1).map((id) => [readsFew, id] as const),
    ...authors.slice(0, followed - 1).map((id) => [readsMany, id] as const),
  ]
  await inBatches(friendships, (batch) =>
    db
      .insertInto('friendships')
      .values(batch.map(([uid, friend_id]) => ({ uid, friend_id, created_at: 0 })))
      .execute(),
  )
  const write = async (uids: readonly number[]) => {
    await inBatches(uids, (batch) =>
      db
        .insertInto('events')
        .values(batch.map((uid) => ({ uid, name: 'post' as const, text: `a post of ${uid}`, ts: 1 })))
        .execute(),
    )
    const newest = await db
      .selectFrom('events')
      .select(({ fn }) => fn.max('id').as('id'))
      .executeTakeFirstOrThrow()
    return Number(newest.id)
  }
  const anyAuthors = (length: number) => Array.from({ length }, () => random.pick(authors))
  say(`${(followed * eventsEach).toLocaleString('en')} events of those followed, and a silence of as many`)
  const half = (followed * eventsEach) / 2
  await write(anyAuthors(half))
  const afterSilence = await write(Array.from({ length: half }, () => followerIds.at(-1) ?? 0))
  const middleEvent = await write(anyAuthors(half / 2))
  await write(anyAuthors(half / 2))
  return {
    author,
    followers: followerIds,
    lastFollower: followerIds.at(-1) ?? 0,
    readsFew,
    readsMany,
    middleEvent,
    afterSilence,
  }
}

async function inBatches<T>(items: readonly T[], work: (batch: T[]) => Promise<unknown>): Promise<void> {
  const batch = 1_000
  for (let from = 0; from < items.length; from += batch) await work(items.slice(from, from + batch))
}

/** One post, and how long until the last follower's feed begins with it, from the moment it was sent. */
async function post(
  author: ApiUser,
  last: ApiUser,
  round: number,
): Promise<{ id: string; requestMs: number; seenMs: number }> {
  const start = performance.now()
  const answer = await author.call('POST', '/v1/news', { text: `post ${round}` })
  const requestMs = performance.now() - start
  if (answer.status !== 201) throw new Error(`wanted a post: ${answer.status} ${JSON.stringify(answer.body)}`)
  const { id } = answer.body
  for (;;) {
    const page = await last.call('GET', '/v1/news?limit=1')
    if (page.body.data[0]?.id === id) return { id, requestMs, seenMs: performance.now() - start }
  }
}

/** How many of the followers, spread over all of them, do not have every one of the posts in their feed. */
async function countMissing(
  db: Database,
  uids: readonly number[],
  posts: readonly number[],
): Promise<number> {
  const news = createSqlNewsStore(db)
  const step = Math.max(1, Math.floor(uids.length / asked))
  let missing = 0
  for (let i = uids.length - 1; i >= 0; i -= step) {
    const feed = await news.feed(uids[i] ?? 0, { limit: posts.length + 1 })
    const ids = new Set(feed.map((event) => event.id))
    if (posts.some((id) => !ids.has(id))) missing++
  }
  return missing
}

async function readPage({ call }: ApiUser, cursor?: number): Promise<void> {
  const after = cursor === undefined ? '' : `&cursor=${cursor}`
  const { status, body } = await call('GET', `/v1/news?limit=${pageLength}${after}`)
  if (status !== 200 || body.data.length !== pageLength) {
    throw new Error(`wanted a page: ${status} ${JSON.stringify(body).slice(0, 200)}`)
  }
}
