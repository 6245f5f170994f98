import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { randomResourceId } from '@roundtable/common/resource-id'
import { openSqliteDatabase } from '@roundtable/dialogue/sqlite/database'
import { openSqliteStore } from '@roundtable/dialogue/sqlite-store'
import { editOf } from './dialogue-edits.ts'
import { allEntries, newMessage } from './dialogue-requests.ts'

/** The tables as the first version made them. */
const firstSchema = `
  CREATE TABLE chats (
    id TEXT PRIMARY KEY, users TEXT NOT NULL, rev INTEGER NOT NULL, created_at INTEGER NOT NULL,
    hash TEXT NOT NULL, change TEXT, change_hash TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE members (
    cid TEXT NOT NULL, uid INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (cid, uid)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX members_by_activity ON members (uid, at DESC, cid DESC);
  CREATE TABLE messages (
    cid TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, uid INTEGER NOT NULL, text BLOB NOT NULL,
    created_at INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (cid, seq)
  ) STRICT`

const [cid, id] = [randomResourceId(), randomResourceId()]
let folder: string
let path: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dialogue-old-file-'))
  path = join(folder, 'store.db')
  const database = await openSqliteDatabase(path, ({ exec }) => {
    exec(firstSchema)
    exec(
      `INSERT INTO chats (id, users, rev, created_at, hash) VALUES ('${cid}', '[1,3]', 0, 1616061029, 'x')`,
    )
    exec(
      `INSERT INTO members (cid, uid, at) VALUES ('${cid}', 1, 1616061049000), ('${cid}', 3, 1616061049000)`,
    )
    exec(
      `INSERT INTO messages (cid, seq, id, uid, text, created_at, hash)
       VALUES ('${cid}', 1, '${id}', 3, CAST('Hi there' AS BLOB), 1616061049, 'x')`,
    )
  })
  database.close()
})
afterAll(() => rm(folder, { recursive: true }))

test('a file of the first version gets what it lacks, by two nodes at once and again', async () => {
  const stores = await Promise.all([openSqliteStore(path), openSqliteStore(path)])
  stores.push(await openSqliteStore(path))
  const message = { object: 'message', id, cid, uid: 3, createdAt: 1_616_061_049, text: 'Hi there', seq: 1 }
  for (const store of stores) {
    expect(await store.chats.list({ uid: 1, limit: 10 })).toEqual({
      object: 'list',
      data: [
        {
          ...{ object: 'chat', id: cid, users: [1, 3], createdAt: 1_616_061_029, rev: 0 },
          ...{ lastSeq: 1, lastMessage: message, unread: 1, readSeq: 0 },
        },
      ],
    })
    const found = await store.messages.search({ cid, uid: 1, q: 'there', limit: 10 })
    expect(found.data).toEqual([message])
  }
  const [store] = stores
  if (!store) throw new Error('no store')
  const stored = await store.messages.get(id, { cid, uid: 3 })
  expect(stored).toEqual(message)
  await store.messages.edit(id, editOf(stored))
  await store.messages.append(newMessage(cid, 1, 'over there'))
  expect((await allEntries(store, { cid, uid: 1 })).map(({ object }) => object)).toEqual([
    'message',
    'edit',
    'message',
  ])
  const found = await store.messages.search({ cid, uid: 1, q: 'there', limit: 10 })
  expect(found.data.map(({ seq }) => seq)).toEqual([3])
  for (const open of stores) await open.close()
})
