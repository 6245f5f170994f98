/**
 * `make bench-scale`: whether pages, lists and searches take as long with USERS=1000000 CHATS=100000 MESSAGES=10000000 as
 * with a thousandth of it. Both systems run side by side, on a MariaDB and a mongod where they are installed.
 */

import { readMigrationConfig } from '@roundtable/backend/src/config'
import { migrateWhenReachable } from '@roundtable/backend/src/database/run-migrations'
import { createLogger } from '@roundtable/common/logger'
import { seed } from '@roundtable/tools/seed/seed'
import type { SeedSize } from '@roundtable/tools/seed/seed-plan'
import { seededPassword } from '@roundtable/tools/seed/seed-users'
import { type ApiUser, signIn } from '../constellation/api-user.ts'
import { startConstellation } from '../constellation/start-constellation.ts'
import { endBySignal } from '../faults/end-by-signal.ts'
import { readNumber } from '../faults/read-number.ts'
import { formatNumber, formatTable } from '../report/format-table.ts'
import { startMariadb } from '../servers/mariadb.ts'
import { startMongod } from '../servers/mongod.ts'
import { measureInTurn } from './measure-in-turn.ts'

endBySignal()
const large: SeedSize = {
  users: readNumber('USERS', 1_000_000),
  chats: readNumber('CHATS', 100_000),
  messages: readNumber('MESSAGES', 10_000_000),
}
const small: SeedSize = {
  users: Math.ceil(large.users / 1_000),
  chats: Math.ceil(large.chats / 1_000),
  messages: Math.ceil(large.messages / 1_000),
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const closers: (() => Promise<unknown>)[] = []
try {
  const [few, many] = [await fill('a thousandth', small), await fill('all of it', large)]
  const times = await measureInTurn(
    {
      'few messages': () => readPage(few, `/v1/chats/${few.largestChat}/messages?limit=100`),
      'many messages': () => readPage(many, `/v1/chats/${many.largestChat}/messages?limit=100`),
      'few chats': () => readPage(few, '/v1/chats?limit=50'),
      'many chats': () => readPage(many, '/v1/chats?limit=50'),
      'few users': () => readPage(few, '/v1/users/search?firstName=Gra&lastName=Ham&limit=20'),
      'many users': () => readPage(many, '/v1/users/search?firstName=Gra&lastName=Ham&limit=20'),
    },
    { rounds: 500, warmUp: 200 },
  )
  const row = (what: string, one: keyof typeof times, other: keyof typeof times): string[] => [
    what,
    formatNumber(times[one].p50, 2),
    formatNumber(times[other].p50, 2),
    formatNumber(times[other].p50 / times[one].p50, 2),
  ]
  const rows = [
    row('newest 100 messages of the largest chat', 'few messages', 'many messages'),
    row('first 50 chats of a user in 50', 'few chats', 'many chats'),
    row('search of users by two names', 'few users', 'many users'),
  ]
  const head = ['p50 through the backend, one at a time', 'small ms', 'large ms', 'ratio']
  process.stdout.write(`\nsmall ${sizeOf(small)}; large ${sizeOf(large)}\n\n`)
  process.stdout.write(`${formatTable(head, rows, [true, false, false, false])}\n`)
} finally {
  for (const close of closers.reverse()) await close()
}

interface Filled {
  user: ApiUser
  largestChat: string
}

/** A system of its own, with so much in it. */
async function fill(name: string, size: SeedSize): Promise<Filled> {
  say(`${name}: ${sizeOf(size)}`)
  const mongod = await startMongod()
  closers.push(() => mongod.close())
  const mariadb = await startMariadb()
  closers.push(() => mariadb.close())
  const { host: DB_HOST, user: DB_USER, password: DB_PASSWORD, database: DB_NAME } = mariadb
  const env = { DB_HOST, DB_USER, DB_PASSWORD, DB_NAME }
  const users = readMigrationConfig({ ...env, SEED_DEMO: 'true' })
  await migrateWhenReachable(users, { logger: createLogger('bench'), patienceMs: 10_000 })
  const chats = { dsn: mongod.dsn, database: 'dialogue' }
  const { firstUser, largestChat } = await seed({ size, users: users.database, chats, seed: 1 })
  const system = await startConstellation({ nodes: 2, mongoDsn: mongod.dsn, database: env })
  closers.push(() => system.close())
  const url = system.backends[0]?.url ?? ''
  return { user: await signIn(url, `seeded${firstUser}`, seededPassword), largestChat }
}

function sizeOf({ users, chats, messages }: SeedSize): string {
  const [u, c, m] = [users, chats, messages].map((count) => count.toLocaleString('en'))
  return `${u} users, ${c} chats, ${m} messages`
}

async function readPage({ user }: Filled, path: string): Promise<void> {
  const { status, body } = await user.call('GET', path)
  if (status !== 200 || body.data.length === 0) {
    throw new Error(`wanted a page: ${status} ${JSON.stringify(body).slice(0, 200)}`)
  }
}
