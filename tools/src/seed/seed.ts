import { type DatabaseConfig, openDatabase } from '@roundtable/backend/src/database/open-database'
import { openSqliteStore } from '@roundtable/dialogue/sqlite-store'
import { type ChatSink, createStoreSink } from './chat-sink.ts'
import { openMongoSink } from './mongo-sink.ts'
import { createProgressBar } from './progress-bar.ts'
import { planChats, type SeedSize } from './seed-plan.ts'
import { seedUsers } from './seed-users.ts'
import { createRandom } from './seeded-random.ts'

export interface SeedOptions {
  size: SeedSize
  /** The users' database, with its tables. */
  users: DatabaseConfig
  /** mongodb://… or sqlite:<path>, and the name of the database in MongoDB. */
  chats: { dsn: string; database: string }
  seed: number
}

/** What was made: who can sign in, and the chat with most messages. */
export interface Seeded {
  firstUser: number
  lastUser: number
  largestChat: string
}

/** Fills the databases of a system with users, chats and messages, and shows how far it is. */
export async function seed({ size, users, chats, seed: number }: SeedOptions): Promise<Seeded> {
  const random = createRandom(number).next
  const database = openDatabase(users, { queryMs: 60_000 })
  try {
    const userBar = createProgressBar('users', size.users)
    const { first, last } = await seedUsers(database, size.users, random, userBar.add)
    userBar.end()
    const sink = await openSink(chats)
    try {
      let largestChat = ''
      const bar = createProgressBar('messages', size.messages)
      // With the users, or a second run would make chats of the same ids.
      const { next } = createRandom(number + first)
      for (const chat of planChats(size, { first, last }, next, Math.floor(Date.now() / 1000))) {
        largestChat ||= chat.id
        await sink.put(chat, () => bar.add(1))
      }
      await sink.flush()
      bar.end()
      return { firstUser: first, lastUser: last, largestChat }
    } finally {
      await sink.close()
    }
  } finally {
    await database.destroy()
  }
}

async function openSink({ dsn, database }: SeedOptions['chats']): Promise<ChatSink> {
  return dsn.startsWith('sqlite:')
    ? createStoreSink(await openSqliteStore(dsn.slice('sqlite:'.length)))
    : await openMongoSink(dsn, database)
}
