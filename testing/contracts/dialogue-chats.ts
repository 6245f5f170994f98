import { describe, expect, test } from '@jest/globals'
import { randomResourceId } from '@roundtable/common/resource-id'
import { waitUntil } from '../servers/wait-until.ts'
import {
  allChats,
  allMessages,
  chatOf,
  newChat,
  newMessage,
  refusal,
  someUser,
  type TwoNodes,
} from './dialogue-requests.ts'

/** What every store keeps to with chats, their members and users' lists. */
export function chatsContract(nodes: TwoNodes): void {
  describe('a chat', () => {
    test('is created once, however often it is asked for', async () => {
      const [a, b] = [someUser(), someUser()]
      const request = newChat(a, b)
      const first = await nodes.one.chats.create(request)
      expect(first).toEqual({
        object: 'chat',
        id: request.id,
        users: [a, b],
        createdAt: expect.any(Number),
        rev: 0,
        lastSeq: 0,
        unread: 0,
        readSeq: 0,
      })
      expect(Math.abs(first.createdAt - Date.now() / 1000)).toBeLessThan(60)
      expect(await nodes.two.chats.create(request)).toEqual(first)
      expect(await nodes.two.chats.create({ ...request, users: [b, a] })).toEqual(first)
      expect(await nodes.two.chats.get(request.id, b)).toEqual(first)
      expect(await allChats(nodes.two, { uid: b })).toEqual([first])
    })

    test('is created once by many at once', async () => {
      const request = newChat(someUser(), someUser())
      const chats = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? nodes.one : nodes.two).chats.create(request)),
      )
      for (const chat of chats) expect(chat).toEqual(chats[0])
      expect(await allChats(nodes.one, { uid: request.uid })).toEqual([chats[0]])
    })

    test('does not give its id to another one', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const request = newChat(a, b)
      const chat = await nodes.one.chats.create(request)
      await expect(nodes.two.chats.create({ ...request, users: [a, c] })).rejects.toEqual(refusal(4090))
      await expect(nodes.two.chats.create({ ...request, uid: b })).rejects.toEqual(refusal(4090))
      expect(await nodes.one.chats.get(request.id, b)).toEqual(chat)
      expect(await allChats(nodes.one, { uid: c })).toEqual([])
    })

    test('looks to others as if it were not there', async () => {
      const [a, stranger] = [someUser(), someUser()]
      const { id } = await chatOf(nodes.one, a)
      const { id: sent } = await nodes.one.messages.append(newMessage(id, a))
      const change = { change: randomResourceId(), rev: 0, users: [stranger] }
      for (const cid of [id, randomResourceId()]) {
        await expect(nodes.two.chats.get(cid, stranger)).rejects.toEqual(refusal(4040))
        await expect(nodes.two.chats.changeMembers(cid, stranger, change)).rejects.toEqual(refusal(4040))
        await expect(nodes.two.messages.append(newMessage(cid, stranger))).rejects.toEqual(refusal(4040))
        for (const cursor of [undefined, sent, randomResourceId()]) {
          const query = { cid, uid: stranger, limit: 10, ...(cursor ? { cursor } : {}) }
          await expect(nodes.two.messages.list(query)).rejects.toEqual(refusal(4040))
        }
      }
      expect(await nodes.two.chats.list({ uid: stranger, limit: 10 })).toEqual({ object: 'list', data: [] })
      expect(await allMessages(nodes.one, { cid: id, uid: a })).toHaveLength(1)
    })
  })

  describe('its members', () => {
    test('change, and lists with them', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const chat = await chatOf(nodes.one, a, b)
      const change = { change: randomResourceId(), rev: 0, users: [a, c] }
      const changed = await nodes.one.chats.changeMembers(chat.id, b, change)
      // Who has left is told no more of it than that.
      expect(changed).toEqual({ ...chat, users: [a, c], rev: 1 })
      const now = { ...changed, lastSeq: 1 }
      expect(await nodes.two.chats.get(chat.id, c)).toEqual(now)
      await expect(nodes.two.chats.get(chat.id, b)).rejects.toEqual(refusal(4040))
      expect(await allChats(nodes.two, { uid: a })).toEqual([now])
      expect(await allChats(nodes.two, { uid: b })).toEqual([])
      expect(await allChats(nodes.two, { uid: c })).toEqual([now])
    })

    test('change once by a repeated request, also of one who left by it', async () => {
      const [a, b] = [someUser(), someUser()]
      const chat = await chatOf(nodes.one, a, b)
      const leave = { change: randomResourceId(), rev: 0, users: [b] }
      const left = await nodes.one.chats.changeMembers(chat.id, a, leave)
      expect(left.users).toEqual([b])
      expect(await nodes.two.chats.changeMembers(chat.id, a, leave)).toEqual(left)
      expect(await allChats(nodes.two, { uid: a })).toEqual([])
    })

    test('do not change on an old rev, nor by a late request', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const chat = await chatOf(nodes.one, a, b)
      const late = { change: randomResourceId(), rev: 0, users: [a] }
      await nodes.one.chats.changeMembers(chat.id, a, late)
      const newer = { change: randomResourceId(), rev: 1, users: [a, b, c] }
      const now = await nodes.two.chats.changeMembers(chat.id, a, newer)
      expect(await nodes.one.chats.changeMembers(chat.id, a, late)).toEqual(now)
      const stale = { change: randomResourceId(), rev: 1, users: [a, someUser()] }
      await expect(nodes.one.chats.changeMembers(chat.id, a, stale)).rejects.toEqual(refusal(4091))
      const ahead = { change: randomResourceId(), rev: 3, users: [a] }
      await expect(nodes.one.chats.changeMembers(chat.id, a, ahead)).rejects.toEqual(refusal(4091))
      expect(await nodes.one.chats.get(chat.id, b)).toEqual(now)
      for (const uid of [a, b, c]) expect(await allChats(nodes.one, { uid })).toEqual([now])
    })

    test('changed since, do not keep a repeated change from answering', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const chat = await chatOf(nodes.one, a, b, c)
      const named = { change: randomResourceId(), rev: 0, users: [a, b, c], name: 'Book club' }
      await nodes.one.chats.changeMembers(chat.id, a, named)
      const leave = { change: randomResourceId(), rev: 1, users: [a, b] }
      const left = await nodes.one.chats.changeMembers(chat.id, c, leave)
      const next = { change: randomResourceId(), rev: 2, users: [b, someUser()], name: 'Chess' }
      await nodes.one.chats.changeMembers(chat.id, b, next)
      const now = await nodes.one.chats.get(chat.id, b)

      // Who left is told nothing of what came since, who was removed not even that.
      const { name: _, ...asLeft } = left
      expect(await nodes.two.chats.changeMembers(chat.id, c, leave)).toEqual(asLeft)
      await expect(nodes.two.chats.changeMembers(chat.id, a, named)).rejects.toEqual(refusal(4040))
      await expect(nodes.two.chats.changeMembers(chat.id, b, leave)).rejects.toEqual(refusal(4090))
      expect(await nodes.two.chats.get(chat.id, b)).toEqual(now)
      expect(await allChats(nodes.two, { uid: b })).toEqual([now])
      expect(await allChats(nodes.two, { uid: c })).toEqual([])
    })

    test('do not change by the same name with other content', async () => {
      const [a, b] = [someUser(), someUser()]
      const chat = await chatOf(nodes.one, a, b)
      const change = { change: randomResourceId(), rev: 0, users: [a] }
      await nodes.one.chats.changeMembers(chat.id, a, change)
      await expect(nodes.two.chats.changeMembers(chat.id, a, { ...change, users: [a, b] })).rejects.toEqual(
        refusal(4090),
      )
    })

    test('changed by many at once, change one by one', async () => {
      const owner = someUser()
      const chat = await chatOf(nodes.one, owner)
      const others = Array.from({ length: 10 }, someUser)
      const outcomes = await Promise.allSettled(
        others.map((uid, i) =>
          (i % 2 ? nodes.one : nodes.two).chats.changeMembers(chat.id, owner, {
            change: randomResourceId(),
            rev: 0,
            users: [owner, uid],
          }),
        ),
      )
      const done = outcomes.filter((outcome) => outcome.status === 'fulfilled')
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
      expect(done).toHaveLength(1)
      for (const { reason } of refused) expect(reason).toEqual(refusal(4091))
      const { users } = await nodes.one.chats.get(chat.id, owner)
      for (const uid of others)
        expect(await allChats(nodes.two, { uid })).toHaveLength(users.includes(uid) ? 1 : 0)
    })

    test('added again after they left find the chat again', async () => {
      const [a, b] = [someUser(), someUser()]
      const chat = await chatOf(nodes.one, a, b)
      for (let rev = 0; rev < 6; rev += 2) {
        await nodes.one.chats.changeMembers(chat.id, a, { change: randomResourceId(), rev, users: [a] })
        expect(await allChats(nodes.two, { uid: b })).toEqual([])
        const back = { change: randomResourceId(), rev: rev + 1, users: [a, b] }
        const again = await nodes.two.chats.changeMembers(chat.id, a, back)
        expect(await allChats(nodes.one, { uid: b })).toEqual([again])
      }
    })

    test('changed since, do not keep a repeated creation from answering', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const request = newChat(a, b)
      await nodes.one.chats.create(request)
      const change = { change: randomResourceId(), rev: 0, users: [a, c] }
      const changed = await nodes.one.chats.changeMembers(request.id, a, change)
      expect(await nodes.two.chats.create(request)).toEqual(changed)
      expect(await allChats(nodes.one, { uid: b })).toEqual([])
      await nodes.one.chats.changeMembers(request.id, a, { change: randomResourceId(), rev: 1, users: [c] })
      await expect(nodes.two.chats.create(request)).rejects.toEqual(refusal(4040))
    })
  })

  describe("the list of a user's chats", () => {
    test('is paged, each chat once, latest activity first', async () => {
      const a = someUser()
      const ids: string[] = []
      for (let i = 0; i < 25; i += 1) ids.push((await chatOf(nodes.one, a, someUser())).id)
      for (const limit of [1, 4, 5, 24, 25, 26]) {
        const chats = await allChats(nodes.two, { uid: a, limit })
        expect(chats.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
      }
      const whole = await nodes.two.chats.list({ uid: a, limit: 25 })
      expect('nextCursor' in whole).toBe(false)
    })

    test('comes to be ordered by the latest message', async () => {
      const [a, b] = [someUser(), someUser()]
      const ids: string[] = []
      for (let i = 0; i < 5; i += 1) ids.push((await chatOf(nodes.one, a, b)).id)
      const order = [2, 0, 4, 1, 3].map((i) => ids[i] ?? '')
      for (const [i, cid] of order.toReversed().entries()) {
        await nextMillisecond()
        await (i % 2 ? nodes.one : nodes.two).messages.append(newMessage(cid, b))
      }
      await waitUntil('the list follows', async () => {
        const chats = await allChats(nodes.one, { uid: a, limit: 2 })
        return chats.map(({ id }) => id).join() === order.join()
      })
    })

    test('refuses a cursor from elsewhere', async () => {
      const [a, b] = [someUser(), someUser()]
      for (let i = 0; i < 3; i += 1) await chatOf(nodes.one, a, b)
      const { nextCursor } = await nodes.one.chats.list({ uid: b, limit: 1 })
      for (const cursor of [`${nextCursor}`, randomResourceId(), 'x', `${nextCursor}`.slice(0, -3)]) {
        await expect(nodes.one.chats.list({ uid: a, limit: 1, cursor })).rejects.toEqual(refusal(4001))
      }
    })
  })
}

async function nextMillisecond(): Promise<void> {
  const now = Date.now()
  await waitUntil('the clock goes on', () => Date.now() > now + 1)
}
