import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ChatEvent } from '@roundtable/common/chat-events'
import { randomResourceId } from '@roundtable/common/resource-id'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import { openMongoStore } from '@roundtable/dialogue/mongo-store'
import type { OnStored } from '@roundtable/dialogue/on-stored'
import { openSqliteStore } from '@roundtable/dialogue/sqlite-store'
import { makeDataFolder } from '../servers/make-data-folder.ts'
import { startMongod } from '../servers/mongod.ts'
import { describeWith } from '../servers/needs.ts'
import { editOf } from './dialogue-edits.ts'
import { silentLogger } from './dialogue-logger.ts'
import { allEntries, chatOf, newMessage, someUser } from './dialogue-requests.ts'

/** What every store tells of what it has stored. */
function eventsContract(open: (onStored: OnStored) => Promise<DialogueStore>): void {
  let store: DialogueStore
  const told: ChatEvent[] = []
  beforeAll(async () => {
    store = await open((event) => told.push(event))
  })
  afterAll(() => store?.close())

  test('tells each entry as the log has it, once, and to whom', async () => {
    const [a, b, c] = [someUser(), someUser(), someUser()]
    const { id: cid } = await chatOf(store, a, b)
    const request = newMessage(cid, a)
    const message = await store.messages.append(request)
    await store.messages.append(request)
    const seen = await store.messages.after({ cid, uid: a, after: 0, limit: 9 })
    expect(told.splice(0)).toEqual([
      { name: 'message', body: { cid, seq: 1, entry: seen.data[0], users: [a, b] } },
    ])

    const edit = editOf(message)
    await store.messages.edit(message.id, edit)
    await store.messages.edit(message.id, edit)
    const [, edited] = await allEntries(store, { cid, uid: a })
    expect(told.splice(0)).toEqual([{ name: 'edited', body: { cid, seq: 2, entry: edited, users: [a, b] } }])

    const change = { change: randomResourceId(), rev: 0, users: [a, c] }
    await store.chats.changeMembers(cid, a, change)
    await store.chats.changeMembers(cid, a, change)
    const members = (await allEntries(store, { cid, uid: c }))[2]
    expect(told.splice(0)).toEqual([
      { name: 'members', body: { cid, seq: 3, entry: members, users: [a, c] } },
    ])

    await store.messages.remove(message.id, { cid, uid: a })
    await store.messages.remove(message.id, { cid, uid: a })
    const deletion = (await allEntries(store, { cid, uid: c }))[3]
    expect(told.splice(0)).toEqual([
      { name: 'deleted', body: { cid, seq: 4, entry: deletion, users: [a, c] } },
    ])

    await store.chats.markRead(cid, { uid: c, seq: 3 })
    await store.chats.markRead(cid, { uid: c, seq: 2 })
    expect(told.splice(0)).toEqual([{ name: 'read', body: { cid, uid: c, seq: 3, users: [a, c] } }])
  })

  test('tells nothing of what was refused, and what it tells keeps to its schema', async () => {
    const [a, b] = [someUser(), someUser()]
    const { id: cid } = await chatOf(store, a)
    const refused = [
      store.messages.append(newMessage(cid, b)),
      store.chats.changeMembers(cid, b, { change: randomResourceId(), rev: 0, users: [b] }),
      store.chats.markRead(cid, { uid: b, seq: 1 }),
    ]
    expect((await Promise.allSettled(refused)).map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
    expect(told.splice(0)).toEqual([])
    const message = await store.messages.append(newMessage(cid, a))
    await store.messages.edit(message.id, editOf(message))
    for (const event of told.splice(0)) expect(ChatEvent.parse(event)).toEqual(event)
  })
}

describe('what the dialogue store tells, on SQLite', () => {
  let folder: string
  afterAll(() => rm(folder, { recursive: true }))
  eventsContract(async (onStored) => {
    folder = await makeDataFolder('dialogue-events')
    return await openSqliteStore(`${folder}/store.db`, { onStored })
  })
})

describeWith('mongod', 'what the dialogue store tells, on MongoDB', () => {
  let mongod: Awaited<ReturnType<typeof startMongod>>
  beforeAll(async () => {
    mongod = await startMongod()
  })
  afterAll(() => mongod?.close())
  eventsContract((onStored) =>
    openMongoStore({ dsn: mongod.dsn, database: 'events', logger: silentLogger, onStored }),
  )
})
