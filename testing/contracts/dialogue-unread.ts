import { describe, expect, test } from '@jest/globals'
import { type Chat, maxHeads } from '@roundtable/common/dialogue-wire'
import { randomResourceId } from '@roundtable/common/resource-id'
import { editOf } from './dialogue-edits.ts'
import {
  allChats,
  allEntries,
  chatOf,
  newChat,
  newMessage,
  refusal,
  someUser,
  type TwoNodes,
} from './dialogue-requests.ts'

/** What every store keeps to with what a chat shows of its log, with read marks, heads and direct chats. */
export function unreadContract(nodes: TwoNodes): void {
  /** What a chat must show to this user, by its whole log. */
  async function recount(cid: string, uid: number): Promise<Partial<Chat>> {
    const entries = await allEntries(nodes.two, { cid, uid })
    const marks = await nodes.one.chats.readMarks(cid, uid)
    const readSeq = marks.data.find((mark) => mark.uid === uid)?.seq ?? 0
    const messages = entries.filter((entry) => entry.object === 'message')
    const unread = messages.filter(
      (message) => message.uid !== uid && message.seq > readSeq && !message.deleted,
    )
    const lastMessage = messages.at(-1)
    return {
      lastSeq: entries.at(-1)?.seq ?? 0,
      unread: Math.min(100, unread.length),
      readSeq,
      ...(lastMessage ? { lastMessage } : {}),
    }
  }

  async function expectRecounted(cid: string, users: readonly number[]): Promise<void> {
    for (const uid of users) {
      const expected = await recount(cid, uid)
      for (const node of [nodes.one, nodes.two]) {
        const chat = await node.chats.get(cid, uid)
        expect(chat).toMatchObject(expected)
        const listed = (await allChats(node, { uid })).find(({ id }) => id === cid)
        expect(listed).toEqual(chat)
        expect((await node.chats.heads(uid)).chats[cid]).toBe(expected.lastSeq)
      }
    }
  }

  describe('a chat', () => {
    test('tells its last message and what is unread, as a recount of its log does', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const { id: cid } = await chatOf(nodes.one, a, b, c)
      await expectRecounted(cid, [a, b, c])
      const first = await nodes.one.messages.append(newMessage(cid, a, 'one'))
      const second = await nodes.two.messages.append(newMessage(cid, b, 'two'))
      await expectRecounted(cid, [a, b, c])
      await nodes.one.chats.markRead(cid, { uid: c, seq: 1 })
      const edited = await nodes.two.messages.edit(second.id, editOf(second))
      await expectRecounted(cid, [a, b, c])
      await nodes.one.messages.remove(edited.id, { cid, uid: b })
      await nodes.one.messages.remove(first.id, { cid, uid: a })
      await expectRecounted(cid, [a, b, c])
      const change = { change: randomResourceId(), rev: 0, users: [a, c] }
      await nodes.two.chats.changeMembers(cid, a, change)
      await expectRecounted(cid, [a, c])
    })

    test('counts up to 100 unread messages, whoever wrote most of them', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const { id: cid } = await chatOf(nodes.one, a, b, c)
      const write = (uid: number, count: number) =>
        Promise.all(
          Array.from({ length: count }, (_, i) =>
            (i % 2 ? nodes.one : nodes.two).messages.append(newMessage(cid, uid)),
          ),
        )
      await write(b, 3)
      await write(a, 99)
      await expectRecounted(cid, [a, b, c])
      await write(a, 250)
      await expectRecounted(cid, [a, b, c])
      await nodes.one.chats.markRead(cid, { uid: c, seq: 300 })
      await write(b, 5)
      await expectRecounted(cid, [a, b, c])
    })

    test('counts right after deletions among many', async () => {
      const [a, b] = [someUser(), someUser()]
      const { id: cid } = await chatOf(nodes.one, a, b)
      const stored = await Promise.all(
        Array.from({ length: 130 }, () => nodes.one.messages.append(newMessage(cid, a))),
      )
      await expectRecounted(cid, [a, b])
      const newest = stored.toSorted((x, y) => y.seq - x.seq).slice(0, 40)
      for (const { id } of newest) await nodes.two.messages.remove(id, { cid, uid: a })
      await expectRecounted(cid, [a, b])
    })
  })

  describe('a read mark', () => {
    test('only grows, to the end of the log at most, and is shown to the others', async () => {
      const [a, b] = [someUser(), someUser()]
      const { id: cid } = await chatOf(nodes.one, a, b)
      const mark = (seq: number) => nodes.one.chats.markRead(cid, { uid: b, seq })
      const told = (seq: number) => ({ object: 'read', cid, uid: b, seq })
      expect(await mark(7)).toEqual(told(0))
      for (let i = 0; i < 5; i += 1) await nodes.one.messages.append(newMessage(cid, a))
      expect(await mark(3)).toEqual(told(3))
      expect(await mark(2)).toEqual(told(3))
      expect((await nodes.two.chats.get(cid, b)).unread).toBe(2)
      expect(await mark(99)).toEqual(told(5))
      const marks = { object: 'list', data: [{ object: 'read', cid, uid: a, seq: 0 }, told(5)] }
      expect(await nodes.two.chats.readMarks(cid, a)).toEqual(marks)
      await nodes.one.messages.append(newMessage(cid, a))
      expect(await nodes.two.chats.get(cid, b)).toMatchObject({ unread: 1, readSeq: 5 })
    })

    test('moved by many at once is the greatest of them', async () => {
      const [a, b] = [someUser(), someUser()]
      const { id: cid } = await chatOf(nodes.one, a, b)
      for (let i = 0; i < 9; i += 1) await nodes.one.messages.append(newMessage(cid, a))
      await Promise.all(
        [3, 9, 1, 7, 2, 8].map((seq, i) =>
          (i % 2 ? nodes.one : nodes.two).chats.markRead(cid, { uid: b, seq }),
        ),
      )
      expect((await nodes.one.chats.get(cid, b)).readSeq).toBe(9)
    })

    test('is not for others', async () => {
      const { id: cid } = await chatOf(nodes.one, someUser())
      const uid = someUser()
      await expect(nodes.one.chats.markRead(cid, { uid, seq: 1 })).rejects.toEqual(refusal(4040))
      await expect(nodes.one.chats.readMarks(cid, uid)).rejects.toEqual(refusal(4040))
    })
  })

  describe('the heads', () => {
    test("tell the ends of the user's logs, and of no others", async () => {
      const [a, b] = [someUser(), someUser()]
      expect(await nodes.one.chats.heads(a)).toEqual({ object: 'heads', chats: {} })
      const [one, two] = [await chatOf(nodes.one, a, b), await chatOf(nodes.two, a)]
      await chatOf(nodes.one, b)
      for (let i = 0; i < 3; i += 1) await nodes.two.messages.append(newMessage(one.id, b))
      expect(await nodes.one.chats.heads(a)).toEqual({ object: 'heads', chats: { [one.id]: 3, [two.id]: 0 } })
    })

    test('say so when they are not all', async () => {
      const uid = someUser()
      for (let made = 0; made < maxHeads; made += 20) {
        await Promise.all(Array.from({ length: 20 }, () => chatOf(nodes.one, uid)))
      }
      expect(await nodes.one.chats.heads(uid)).not.toHaveProperty('hasMore')
      await chatOf(nodes.two, uid)
      const { chats, hasMore } = await nodes.one.chats.heads(uid)
      expect([Object.keys(chats).length, hasMore]).toEqual([maxHeads, true])
    })
  })

  describe('a direct chat', () => {
    test('is made once, whoever asks and however many do', async () => {
      const [a, b] = [someUser(), someUser()]
      const id = randomResourceId()
      const ask = (uid: number) => ({ id, uid, users: uid === a ? [a, b] : [b, a], direct: true as const })
      const chats = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          (i % 2 ? nodes.one : nodes.two).chats.create(ask(i % 3 ? a : b)),
        ),
      )
      for (const chat of chats) expect(chat).toEqual(chats[0])
      expect(chats[0]).toMatchObject({ id, direct: true })
      expect(await allChats(nodes.one, { uid: a })).toEqual([chats[0]])
      await nodes.one.messages.append(newMessage(id, b))
      expect(await nodes.two.chats.create(ask(a))).toMatchObject({ id, lastSeq: 1, unread: 1 })
      await expect(nodes.two.chats.create({ ...newChat(a, b), id })).rejects.toEqual(refusal(4090))
    })

    test('keeps its two users', async () => {
      const [a, b] = [someUser(), someUser()]
      const request = { id: randomResourceId(), uid: a, users: [a, b], direct: true as const }
      const { id } = await nodes.one.chats.create(request)
      for (const more of [{ users: [a] }, { users: [a, b, someUser()] }, { users: [a, b], name: 'us' }]) {
        const change = { change: randomResourceId(), rev: 0, ...more }
        await expect(nodes.two.chats.changeMembers(id, a, change)).rejects.toEqual(refusal(4031))
      }
      expect(await allEntries(nodes.one, { cid: id, uid: b })).toEqual([])
    })
  })
}
