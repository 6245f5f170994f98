import { createSqliteChats } from './chats/sqlite-store.ts'
import type { DialogueStore } from './dialogue-store.ts'
import { createSqliteMessages } from './messages/sqlite-store.ts'
import type { OnStored } from './on-stored.ts'
import { openSqliteDatabase } from './sqlite/database.ts'
import { prepareSchema } from './sqlite/schema.ts'

/**
 * The store in one SQLite file, which all nodes on this machine share. A file made by an older version gets what it
 * lacks.
 * @param options.signal ends the waiting for another process that holds the file
 * @throws ConfigError when the file cannot be opened
 */
export async function openSqliteStore(
  path: string,
  options: { signal?: AbortSignal; onStored?: OnStored } = {},
): Promise<DialogueStore> {
  const { signal, onStored } = options
  const database = await openSqliteDatabase(path, prepareSchema, signal)
  const one = database.prepare<{ one: number }>('SELECT 1 AS one FROM chats LIMIT 1')
  return {
    chats: createSqliteChats(database, onStored),
    messages: createSqliteMessages(database, onStored),
    ping: async () => {
      database.read(() => one.get())
    },
    close: async () => database.close(),
  }
}
