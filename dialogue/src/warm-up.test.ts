import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { DialogueStore } from './dialogue-store.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { warmUp } from './warm-up.ts'

let folder: string
let store: DialogueStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warm-up-'))
  store = await openSqliteStore(join(folder, 'dialogue.db'))
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

test('asks reads and writes, and stores nothing', async () => {
  const asked: string[] = []
  const outcomes: Promise<unknown>[] = []
  await warmUp({
    chats: {
      ...store.chats,
      list: (query) => {
        asked.push('list')
        return store.chats.list(query)
      },
    },
    messages: {
      list: (query) => {
        asked.push('read')
        return store.messages.list(query)
      },
      append: (message) => {
        asked.push('append')
        const outcome = store.messages.append(message)
        outcomes.push(outcome.catch((error: { code: number }) => error.code))
        return outcome
      },
    },
  })
  expect(new Set(asked)).toEqual(new Set(['list', 'read', 'append']))
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set([4040]))
})

test.each([
  ['is away', () => Promise.reject(new Error('away'))],
  ['hangs', () => new Promise<never>(() => {})],
])('a store that %s holds nobody up', async (_, ask) => {
  await warmUp({ chats: { list: ask }, messages: { list: ask, append: ask } })
})
