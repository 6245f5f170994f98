import { createSqliteChats } from './chats/sqlite-store.ts'
import type { DialogueStore } from './dialogue-store.ts'
import { createSqliteMessages } from './messages/sqlite-store.ts'
import { openSqliteDatabase } from './sqlite/database.ts'

/**
 * `members.at` is the chat's latest activity, unix milliseconds: kept with each member, it orders a list by index.
 * Text is kept as bytes, because the driver ends a string at its first NUL.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS chats (
    id TEXT PRIMARY KEY, users TEXT NOT NULL, rev INTEGER NOT NULL, created_at INTEGER NOT NULL,
    hash TEXT NOT NULL, change TEXT, change_hash TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS members (
    cid TEXT NOT NULL, uid INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (cid, uid)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS members_by_activity ON members (uid, at DESC, cid DESC);
  CREATE TABLE IF NOT EXISTS messages (
    cid TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, uid INTEGER NOT NULL, text BLOB NOT NULL,
    created_at INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (cid, seq)
  ) STRICT`

/**
 * The store in one SQLite file, which all nodes on this machine share.
 * @param signal ends the waiting for another process that holds the file
 * @throws ConfigError when the file cannot be opened
 */
export async function openSqliteStore(path: string, signal?: AbortSignal): Promise<DialogueStore> {
  const database = await openSqliteDatabase(path, schema, signal)
  const one = database.prepare<{ one: number }>('SELECT 1 AS one FROM chats LIMIT 1')
  return {
    chats: createSqliteChats(database),
    messages: createSqliteMessages(database),
    ping: async () => {
      database.read(() => one.get())
    },
    close: async () => database.close(),
  }
}
