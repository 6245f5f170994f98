import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createSqliteDialect } from '@roundtable/backend/src/database/sqlite-database'
import type { Message } from '@roundtable/common/dialogue-wire'
import { createLogger } from '@roundtable/common/logger'
import { randomResourceId } from '@roundtable/common/resource-id'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import { openMongoStore } from '@roundtable/dialogue/mongo-store'
import { openSqliteStore } from '@roundtable/dialogue/sqlite-store'
import { Kysely } from 'kysely'
import { startMongod } from '../servers/mongod.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { silentLogger } from './dialogue-logger.ts'
import {
  allMessages,
  chatOf,
  newChat,
  newMessage,
  persisting,
  refusal,
  someUser,
} from './dialogue-requests.ts'

/** One request of each kind. */
function requestsOf(store: DialogueStore, message: Message): Record<string, Promise<unknown>> {
  const { cid, uid, id } = message
  return {
    ...writesOf(store, message),
    get: store.chats.get(cid, uid),
    chats: store.chats.list({ uid, limit: 10 }),
    heads: store.chats.heads(uid),
    readMarks: store.chats.readMarks(cid, uid),
    message: store.messages.get(id, { cid, uid }),
    messages: store.messages.list({ cid, uid, limit: 10 }),
    after: store.messages.after({ cid, uid, after: 0, limit: 10 }),
    search: store.messages.search({ cid, uid, q: 'hi', limit: 10 }),
    searchAll: store.messages.search({ uid, q: 'hi', limit: 10 }),
  }
}

function writesOf(store: DialogueStore, { cid, uid, id }: Message): Record<string, Promise<unknown>> {
  const change = { change: randomResourceId(), rev: 0, users: [uid, someUser()] }
  return {
    create: store.chats.create(newChat(uid)),
    changeMembers: store.chats.changeMembers(cid, uid, change),
    markRead: store.chats.markRead(cid, { uid, seq: 1 }),
    append: store.messages.append(newMessage(cid, uid)),
    edit: store.messages.edit(id, { edit: randomResourceId(), cid, uid, rev: 0, txt: 'Edited' }),
    remove: store.messages.remove(id, { cid, uid }),
  }
}

async function expectStoreAway(requests: Record<string, Promise<unknown>>): Promise<void> {
  const outcomes = await Promise.allSettled(Object.values(requests))
  const away = { status: 'rejected', reason: refusal(5032) }
  const names = Object.keys(requests)
  expect(Object.fromEntries(outcomes.map((outcome, i) => [names[i], outcome]))).toEqual(
    Object.fromEntries(names.map((name) => [name, away])),
  )
}

describe('SQLite while another process holds the file', () => {
  let folder: string
  let path: string
  let store: DialogueStore
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dialogue-away-'))
    path = join(folder, 'store.db')
    store = await openSqliteStore(path)
  })
  afterAll(async () => {
    await store?.close()
    await rm(folder, { recursive: true })
  })

  test('refuses writes, stores nothing of them, reads on and recovers', async () => {
    const a = someUser()
    const { id: cid } = await chatOf(store, a)
    const message = await store.messages.append(newMessage(cid, a))
    const chat = await store.chats.get(cid, a)
    const other = new Kysely({ dialect: createSqliteDialect(path) })
    await other.transaction().execute(() => expectStoreAway(writesOf(store, message)))
    await other.destroy()
    expect(await store.chats.get(cid, a)).toEqual(chat)
    expect(await allMessages(store, { cid, uid: a })).toEqual([message])
    expect((await store.messages.append(newMessage(cid, a))).seq).toBe(2)
  })

  test('says which file it cannot open', async () => {
    await expect(openSqliteStore('/no/such/folder/store.db')).rejects.toThrow('/no/such/folder/store.db')
  })
})

describeWith('mongod', 'MongoDB', () => {
  let mongod: Awaited<ReturnType<typeof startMongod>>
  let store: DialogueStore
  const open = (logger = silentLogger) => openMongoStore({ dsn: mongod.dsn, database: 'away', logger })
  beforeAll(async () => {
    mongod = await startMongod()
    store = await open()
  })
  afterAll(async () => {
    await store?.close()
    await mongod?.close()
  })

  test('that is frozen makes every request 5032, and nothing of it is stored', async () => {
    const a = someUser()
    const { id: cid } = await chatOf(persisting(store), a)
    const message = await persisting(store).messages.append(newMessage(cid, a))
    const chat = await persisting(store).chats.get(cid, a)
    mongod.process.signal('SIGSTOP')
    try {
      await expectStoreAway(requestsOf(store, message))
      await expect(store.ping()).rejects.toEqual(refusal(5032))
    } finally {
      mongod.process.signal('SIGCONT')
    }
    expect(await persisting(store).chats.get(cid, a)).toEqual(chat)
    expect(await allMessages(persisting(store), { cid, uid: a })).toEqual([message])
  })

  test('that is killed amid writes loses none that was acknowledged and keeps the log whole', async () => {
    const a = someUser()
    const { id: cid } = await chatOf(persisting(store), a)
    const requests = Array.from({ length: 400 }, () => newMessage(cid, a))
    const acknowledged = new Map<string, number>()
    async function writer(mine: typeof requests): Promise<void> {
      for (const request of mine) {
        const { id, seq } = await untilStored(() => store.messages.append(request))
        acknowledged.set(id, seq)
        if (acknowledged.size === 100) mongod.process.signal('SIGKILL')
      }
    }
    const writers = Promise.all(
      Array.from({ length: 8 }, (_, i) => writer(requests.slice(i * 50, i * 50 + 50))),
    )
    await mongod.startAgain()
    await writers
    const all = await allMessages(persisting(store), { cid, uid: a })
    expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 400 }, (_, i) => 400 - i))
    expect(new Map(all.map(({ id, seq }) => [id, seq]))).toEqual(acknowledged)
  })

  /** However long the store is away. */
  async function untilStored<T>(send: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await send()
      } catch (error) {
        expect([refusal(5031), refusal(5032)]).toContainEqual(error)
      }
    }
  }

  test('that comes up late is waited for, and the reason is logged once', async () => {
    mongod.process.signal('SIGKILL')
    await mongod.process.exited
    const lines: string[] = []
    const logger = createLogger('test').child({}, { level: 'silent' })
    logger.warn = (_: unknown, line?: string) => void lines.push(`${line}`)
    const opening = open(logger)
    try {
      await expect(store.ping()).rejects.toEqual(refusal(5032))
      await waitUntil('the new store has tried', () => lines.length > 0)
    } finally {
      await mongod.startAgain()
    }
    const late = await opening
    const list = await persisting(late).chats.list({ uid: someUser(), limit: 1 })
    expect(list.data).toEqual([])
    await late.close()
    expect(new Set(lines)).toEqual(new Set(['the DB is not there yet, waiting for it']))
    expect(lines.length).toBeLessThan(10)
  })

  test('at a malformed address is refused without repeating the address', async () => {
    const dsn = 'mongodb://user:secret@host:port:port/'
    const opening = openMongoStore({ dsn, database: 'away', logger: silentLogger })
    await expect(opening).rejects.toThrow(/^MONGO_DSN is malformed: (?!.*secret)/)
  })
})
