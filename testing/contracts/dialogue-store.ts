import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { randomResourceId } from '@roundtable/common/resource-id'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import { waitUntil } from '../servers/wait-until.ts'
import { allChats, allMessages, newChat, newMessage, persisting, someUser } from './dialogue-requests.ts'

const code = (number: number) => expect.objectContaining({ code: number })

/**
 * What every store of chats and messages keeps to.
 * @param open opens one more store on the same data, as another node would
 */
export function dialogueStoreContract(open: () => Promise<DialogueStore>): void {
  let one: DialogueStore
  let two: DialogueStore
  beforeAll(async () => {
    // At once: two nodes that start together both find the data as they need it.
    const stores = await Promise.all([open(), open()])
    one = persisting(stores[0])
    two = persisting(stores[1])
  })
  afterAll(async () => {
    await one?.close()
    await two?.close()
  })

  async function chatOf(...users: [number, ...number[]]) {
    return await one.chats.create(newChat(...users))
  }

  describe('a chat', () => {
    test('is created once, however often it is asked for', async () => {
      const [a, b] = [someUser(), someUser()]
      const request = newChat(a, b)
      const first = await one.chats.create(request)
      expect(first).toEqual({
        object: 'chat',
        id: request.id,
        users: [a, b],
        createdAt: expect.any(Number),
        rev: 0,
      })
      expect(Math.abs(first.createdAt - Date.now() / 1000)).toBeLessThan(60)
      expect(await two.chats.create(request)).toEqual(first)
      expect(await two.chats.create({ ...request, users: [b, a] })).toEqual(first)
      expect(await two.chats.get(request.id, b)).toEqual(first)
      expect(await allChats(two, { uid: b })).toEqual([first])
    })

    test('is created once by many at once', async () => {
      const request = newChat(someUser(), someUser())
      const chats = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).chats.create(request)),
      )
      for (const chat of chats) expect(chat).toEqual(chats[0])
      expect(await allChats(one, { uid: request.uid })).toEqual([chats[0]])
    })

    test('does not give its id to another one', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const request = newChat(a, b)
      const chat = await one.chats.create(request)
      await expect(two.chats.create({ ...request, users: [a, c] })).rejects.toEqual(code(4090))
      await expect(two.chats.create({ ...request, uid: b })).rejects.toEqual(code(4090))
      expect(await one.chats.get(request.id, b)).toEqual(chat)
      expect(await allChats(one, { uid: c })).toEqual([])
    })

    test('looks to others as if it were not there', async () => {
      const [a, stranger] = [someUser(), someUser()]
      const { id } = await chatOf(a)
      const { id: sent } = await one.messages.append(newMessage(id, a))
      const change = { change: randomResourceId(), rev: 0, users: [stranger] }
      for (const cid of [id, randomResourceId()]) {
        await expect(two.chats.get(cid, stranger)).rejects.toEqual(code(4040))
        await expect(two.chats.changeMembers(cid, stranger, change)).rejects.toEqual(code(4040))
        await expect(two.messages.append(newMessage(cid, stranger))).rejects.toEqual(code(4040))
        for (const cursor of [undefined, sent, randomResourceId()]) {
          const query = { cid, uid: stranger, limit: 10, ...(cursor ? { cursor } : {}) }
          await expect(two.messages.list(query)).rejects.toEqual(code(4040))
        }
      }
      expect(await two.chats.list({ uid: stranger, limit: 10 })).toEqual({ object: 'list', data: [] })
      expect(await allMessages(one, { cid: id, uid: a })).toHaveLength(1)
    })
  })

  describe('its members', () => {
    test('change, and lists with them', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const chat = await chatOf(a, b)
      const change = { change: randomResourceId(), rev: 0, users: [a, c] }
      const changed = await one.chats.changeMembers(chat.id, b, change)
      expect(changed).toEqual({ ...chat, users: [a, c], rev: 1 })
      expect(await two.chats.get(chat.id, c)).toEqual(changed)
      await expect(two.chats.get(chat.id, b)).rejects.toEqual(code(4040))
      expect(await allChats(two, { uid: a })).toEqual([changed])
      expect(await allChats(two, { uid: b })).toEqual([])
      expect(await allChats(two, { uid: c })).toEqual([changed])
    })

    test('change once by a repeated request, also of one who left by it', async () => {
      const [a, b] = [someUser(), someUser()]
      const chat = await chatOf(a, b)
      const leave = { change: randomResourceId(), rev: 0, users: [b] }
      const left = await one.chats.changeMembers(chat.id, a, leave)
      expect(left.users).toEqual([b])
      expect(await two.chats.changeMembers(chat.id, a, leave)).toEqual(left)
      expect(await allChats(two, { uid: a })).toEqual([])
    })

    test('do not change on an old rev, nor by a late request', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const chat = await chatOf(a, b)
      const late = { change: randomResourceId(), rev: 0, users: [a] }
      await one.chats.changeMembers(chat.id, a, late)
      const newer = { change: randomResourceId(), rev: 1, users: [a, b, c] }
      const now = await two.chats.changeMembers(chat.id, a, newer)
      await expect(one.chats.changeMembers(chat.id, a, late)).rejects.toEqual(code(4091))
      const stale = { change: randomResourceId(), rev: 1, users: [a, someUser()] }
      await expect(one.chats.changeMembers(chat.id, a, stale)).rejects.toEqual(code(4091))
      const ahead = { change: randomResourceId(), rev: 3, users: [a] }
      await expect(one.chats.changeMembers(chat.id, a, ahead)).rejects.toEqual(code(4091))
      expect(await one.chats.get(chat.id, b)).toEqual(now)
      for (const uid of [a, b, c]) expect(await allChats(one, { uid })).toEqual([now])
    })

    test('do not change by the same name with other content', async () => {
      const [a, b] = [someUser(), someUser()]
      const chat = await chatOf(a, b)
      const change = { change: randomResourceId(), rev: 0, users: [a] }
      await one.chats.changeMembers(chat.id, a, change)
      await expect(two.chats.changeMembers(chat.id, a, { ...change, users: [a, b] })).rejects.toEqual(
        code(4090),
      )
    })

    test('changed by many at once, change one by one', async () => {
      const owner = someUser()
      const chat = await chatOf(owner)
      const others = Array.from({ length: 10 }, someUser)
      const outcomes = await Promise.allSettled(
        others.map((uid, i) =>
          (i % 2 ? one : two).chats.changeMembers(chat.id, owner, {
            change: randomResourceId(),
            rev: 0,
            users: [owner, uid],
          }),
        ),
      )
      const done = outcomes.filter((outcome) => outcome.status === 'fulfilled')
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
      expect(done).toHaveLength(1)
      for (const { reason } of refused) expect(reason).toEqual(code(4091))
      const { users } = await one.chats.get(chat.id, owner)
      for (const uid of others) expect(await allChats(two, { uid })).toHaveLength(users.includes(uid) ? 1 : 0)
    })

    test('added again after they left find the chat again', async () => {
      const [a, b] = [someUser(), someUser()]
      const chat = await chatOf(a, b)
      for (let rev = 0; rev < 6; rev += 2) {
        await one.chats.changeMembers(chat.id, a, { change: randomResourceId(), rev, users: [a] })
        expect(await allChats(two, { uid: b })).toEqual([])
        const back = { change: randomResourceId(), rev: rev + 1, users: [a, b] }
        const again = await two.chats.changeMembers(chat.id, a, back)
        expect(await allChats(one, { uid: b })).toEqual([again])
      }
    })

    test('changed since, do not keep a repeated creation from answering', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const request = newChat(a, b)
      await one.chats.create(request)
      const change = { change: randomResourceId(), rev: 0, users: [a, c] }
      const changed = await one.chats.changeMembers(request.id, a, change)
      expect(await two.chats.create(request)).toEqual(changed)
      expect(await allChats(one, { uid: b })).toEqual([])
      await one.chats.changeMembers(request.id, a, { change: randomResourceId(), rev: 1, users: [c] })
      await expect(two.chats.create(request)).rejects.toEqual(code(4040))
    })
  })

  describe('a message', () => {
    test('is stored once, however often it is sent', async () => {
      const [a, b] = [someUser(), someUser()]
      const { id: cid } = await chatOf(a, b)
      const request = newMessage(cid, a)
      const first = await one.messages.append(request)
      expect(first).toEqual({
        object: 'message',
        id: request.id,
        cid,
        uid: a,
        createdAt: expect.any(Number),
        text: 'Hi there',
        seq: 1,
      })
      expect(Math.abs(first.createdAt - Date.now() / 1000)).toBeLessThan(60)
      const second = await two.messages.append(newMessage(cid, b))
      expect(second.seq).toBe(2)
      expect(await two.messages.append(request)).toEqual(first)
      expect(await one.messages.append(request)).toEqual(first)
      expect(await allMessages(two, { cid, uid: b })).toEqual([second, first])
    })

    test('sent to two nodes at once is stored once', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(a)
      for (let round = 0; round < 20; round += 1) {
        const request = newMessage(cid, a)
        const answers = await Promise.all([one, two, one, two].map((s) => s.messages.append(request)))
        for (const answer of answers) expect(answer).toEqual(answers[0])
      }
      const all = await allMessages(one, { cid, uid: a })
      expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i))
    })

    test('does not give its id to another one', async () => {
      const [a, b] = [someUser(), someUser()]
      const { id: cid } = await chatOf(a, b)
      const { id: elsewhere } = await chatOf(a, b)
      const request = newMessage(cid, a)
      await one.messages.append(request)
      for (const other of [{ txt: 'Something else' }, { uid: b }, { cid: elsewhere }]) {
        await expect(two.messages.append({ ...request, ...other })).rejects.toEqual(code(4090))
      }
      // In one batch with others, which it must not take along.
      const [before, reused, after] = await Promise.allSettled([
        one.messages.append(newMessage(cid, a, 'before')),
        one.messages.append({ ...request, txt: 'Something else' }),
        one.messages.append(newMessage(cid, a, 'after')),
      ])
      expect([before, after].map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
      expect(reused).toEqual({ status: 'rejected', reason: code(4090) })
      const all = await allMessages(one, { cid, uid: b })
      expect(all.map(({ seq, text }) => [seq, text])).toEqual([
        [3, 'after'],
        [2, 'before'],
        [1, 'Hi there'],
      ])
      expect(await allMessages(one, { cid: elsewhere, uid: b })).toEqual([])
    })

    test('of one who is no member any more is refused, those sent with it are not', async () => {
      const [a, b] = [someUser(), someUser()]
      const { id: cid } = await chatOf(a)
      const outcomes = await Promise.allSettled(
        [a, b, a, b].map((uid) => one.messages.append(newMessage(cid, uid))),
      )
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
      expect(await allMessages(two, { cid, uid: a })).toHaveLength(2)
    })

    test.each([
      ['emoji', '👩‍👩‍👧‍👦 🏳️‍🌈 🇺🇳'],
      ['right to left', 'שלום \u202emirror\u202c عليكم'],
      ['NUL', 'before\0after\0'],
      ['NUL alone', '\0'],
      ['combining', 'e\u0301 and é are not made one'],
      ['control', '\u0001\u001b[31m\u007f\r\n\t'],
      ['line separators', '\u2028\u2029\ufeff\uffff'],
      ['what others read as code', `'; DROP TABLE messages; -- <script>{"$gt": ""}`],
      ['4096 astral', '𝒳'.repeat(4096)],
    ])('with text of the kind %s is answered as sent', async (_, txt) => {
      const a = someUser()
      const { id: cid } = await chatOf(a)
      const stored = await one.messages.append(newMessage(cid, a, txt))
      expect(stored.text).toBe(txt)
      const [read] = await allMessages(two, { cid, uid: a })
      expect(read?.text).toBe(txt)
    })
  })

  describe('the log of a chat', () => {
    test('has no holes under 200 appends at once from two nodes', async () => {
      const users = [someUser(), someUser(), someUser()] as const
      const { id: cid } = await chatOf(...users)
      const stored = await Promise.all(
        Array.from({ length: 200 }, (_, i) => {
          const message = newMessage(cid, users[i % 3] ?? 0, `${i}`)
          return (i % 2 ? one : two).messages.append(message)
        }),
      )
      const all = await allMessages(one, { cid, uid: users[0], limit: 37 })
      expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, i) => 200 - i))
      expect(all).toEqual(stored.toSorted((x, y) => y.seq - x.seq))
    })

    test('keeps the order in which one sends', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(a)
      for (let i = 1; i <= 30; i += 1) {
        const stored = await (i % 2 ? one : two).messages.append(newMessage(cid, a, `${i}`))
        expect(stored.seq).toBe(i)
      }
      const all = await allMessages(one, { cid, uid: a })
      expect(all.map(({ text }) => Number(text))).toEqual(Array.from({ length: 30 }, (_, i) => 30 - i))
    })

    test('is paged back through 3,000 messages, each once', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(a)
      for (let first = 0; first < 3_000; first += 500) {
        await Promise.all(
          Array.from({ length: 500 }, (_, i) => {
            const message = newMessage(cid, a, `${first + i}`)
            return one.messages.append(message)
          }),
        )
      }
      const pages: number[][] = []
      let cursor: string | undefined
      do {
        const page = await two.messages.list({ cid, uid: a, limit: 200, ...(cursor ? { cursor } : {}) })
        pages.push(page.data.map(({ seq }) => seq))
        cursor = page.nextCursor
        // What comes in meanwhile shifts nothing.
        if (pages.length === 3) await one.messages.append(newMessage(cid, a, 'late'))
      } while (cursor)
      expect(pages.map(({ length }) => length)).toEqual(Array(15).fill(200))
      expect(pages.flat()).toEqual(Array.from({ length: 3_000 }, (_, i) => 3_000 - i))
    })

    test('tells of more only when there is more', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(a)
      expect(await one.messages.list({ cid, uid: a, limit: 2 })).toEqual({ object: 'list', data: [] })
      for (let i = 0; i < 4; i += 1) await one.messages.append(newMessage(cid, a))
      const first = await one.messages.list({ cid, uid: a, limit: 2 })
      expect(first.nextCursor).toBe(first.data[1]?.id)
      const second = await one.messages.list({ cid, uid: a, limit: 2, cursor: `${first.nextCursor}` })
      expect(second.data.map(({ seq }) => seq)).toEqual([2, 1])
      expect('nextCursor' in second).toBe(false)
      const none = await one.messages.list({ cid, uid: a, limit: 2, cursor: `${second.data[1]?.id}` })
      expect(none).toEqual({ object: 'list', data: [] })
    })

    test('refuses a cursor that is no message of it', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(a)
      const { id: elsewhere } = await chatOf(a)
      const { id: cursor } = await one.messages.append(newMessage(elsewhere, a))
      for (const foreign of [cursor, cid, randomResourceId()]) {
        const query = { cid, uid: a, limit: 10, cursor: foreign }
        await expect(one.messages.list(query)).rejects.toEqual(code(4001))
      }
    })
  })

  describe("the list of a user's chats", () => {
    test('is paged, each chat once, latest activity first', async () => {
      const a = someUser()
      const ids: string[] = []
      for (let i = 0; i < 25; i += 1) ids.push((await chatOf(a, someUser())).id)
      for (const limit of [1, 4, 5, 24, 25, 26]) {
        const chats = await allChats(two, { uid: a, limit })
        expect(chats.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
      }
      const whole = await two.chats.list({ uid: a, limit: 25 })
      expect('nextCursor' in whole).toBe(false)
    })

    test('comes to be ordered by the latest message', async () => {
      const [a, b] = [someUser(), someUser()]
      const ids: string[] = []
      for (let i = 0; i < 5; i += 1) ids.push((await chatOf(a, b)).id)
      const order = [2, 0, 4, 1, 3].map((i) => ids[i] ?? '')
      for (const [i, cid] of order.toReversed().entries()) {
        await nextMillisecond()
        await (i % 2 ? one : two).messages.append(newMessage(cid, b))
      }
      await waitUntil('the list follows', async () => {
        const chats = await allChats(one, { uid: a, limit: 2 })
        return chats.map(({ id }) => id).join() === order.join()
      })
    })

    test('refuses a cursor from elsewhere', async () => {
      const [a, b] = [someUser(), someUser()]
      for (let i = 0; i < 3; i += 1) await chatOf(a, b)
      const { nextCursor } = await one.chats.list({ uid: b, limit: 1 })
      for (const cursor of [`${nextCursor}`, randomResourceId(), 'x', `${nextCursor}`.slice(0, -3)]) {
        await expect(one.chats.list({ uid: a, limit: 1, cursor })).rejects.toEqual(code(4001))
      }
    })
  })

  test('answers a ping', async () => {
    await expect(one.ping()).resolves.toBeUndefined()
  })
}

async function nextMillisecond(): Promise<void> {
  const now = Date.now()
  await waitUntil('the clock goes on', () => Date.now() > now + 1)
}
