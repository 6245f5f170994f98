import { describe, expect, test } from '@jest/globals'
import type { MessageEdit } from '@roundtable/common/dialogue-requests'
import type { Message } from '@roundtable/common/dialogue-wire'
import { randomResourceId } from '@roundtable/common/resource-id'
import { followLog } from './dialogue-cuts.ts'
import {
  allEntries,
  allMessages,
  allShown,
  chatOf,
  newMessage,
  refusal,
  someUser,
  type TwoNodes,
} from './dialogue-requests.ts'

/** An edit of a message as it was last seen. */
export function editOf({ cid, uid, rev = 0 }: Message, txt = 'Edited'): MessageEdit {
  return { edit: randomResourceId(), cid, uid, rev, txt }
}

/** What every store keeps to with edits and deletions, and with what the logs of chats tell. */
export function editsContract(nodes: TwoNodes): void {
  async function someMessage(...users: [number, ...number[]]) {
    const { id: cid } = await chatOf(nodes.one, ...users)
    return await nodes.one.messages.append(newMessage(cid, users[0]))
  }

  describe('an edit', () => {
    test('shows in the message, and is told by the log', async () => {
      const [a, b] = [someUser(), someUser()]
      const message = await someMessage(a, b)
      const { cid, id } = message
      const later = await nodes.two.messages.append(newMessage(cid, b))
      const edited = await nodes.two.messages.edit(id, editOf(message))
      expect(edited).toEqual({ ...message, text: 'Edited', rev: 1, editedAt: expect.any(Number) })
      expect(await nodes.one.messages.get(id, { cid, uid: b })).toEqual(edited)
      expect(await allShown(nodes.one, { cid, uid: b })).toEqual([later, edited])
      const told = { object: 'edit', seq: 3, cid, id, uid: a, text: 'Edited', rev: 1 }
      const entry = { ...told, editedAt: edited.editedAt, createdAt: message.createdAt }
      expect(await allEntries(nodes.one, { cid, uid: b })).toEqual([edited, later, entry])
    })

    test('is done once, however often and late it is sent', async () => {
      const message = await someMessage(someUser())
      const { cid, id, uid } = message
      const first = editOf(message, 'first')
      const edited = await nodes.one.messages.edit(id, first)
      expect(await nodes.two.messages.edit(id, first)).toEqual(edited)
      const again = await nodes.two.messages.edit(id, editOf(edited, 'second'))
      expect(again).toMatchObject({ text: 'second', rev: 2 })
      for (const rev of [0, 1, 2]) expect(await nodes.one.messages.edit(id, { ...first, rev })).toEqual(again)
      const entries = await allEntries(nodes.one, { cid, uid })
      expect(entries.map(({ object }) => object)).toEqual(['message', 'edit', 'edit'])
      // Whoever reads of an edit is told what the message is now.
      expect(entries[1]).toMatchObject({ seq: 2, text: 'second', rev: 2 })
    })

    test('by many at once is done one by one', async () => {
      const message = await someMessage(someUser())
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 ? nodes.one : nodes.two).messages.edit(message.id, editOf(message, `${i}`)),
        ),
      )
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
      expect(refused).toHaveLength(9)
      for (const { reason } of refused) expect(reason).toEqual(refusal(4091))
      expect(await allEntries(nodes.one, message)).toHaveLength(2)
    })

    test('is refused to others, on an old rev, and by a name used for something else', async () => {
      const [a, b, stranger] = [someUser(), someUser(), someUser()]
      const message = await someMessage(a, b)
      const { id } = message
      const edit = (more: Partial<MessageEdit>) =>
        nodes.two.messages.edit(id, { ...editOf(message), ...more })
      await expect(edit({ uid: b })).rejects.toEqual(refusal(4031))
      await expect(edit({ uid: stranger })).rejects.toEqual(refusal(4040))
      await expect(edit({ rev: 1 })).rejects.toEqual(refusal(4091))
      await expect(edit({ edit: id })).rejects.toEqual(refusal(4090))
      const { id: elsewhere } = await chatOf(nodes.one, a)
      await expect(edit({ cid: elsewhere })).rejects.toEqual(refusal(4040))
      await expect(nodes.one.messages.edit(randomResourceId(), editOf(message))).rejects.toEqual(
        refusal(4040),
      )
      const done = editOf(message)
      await nodes.one.messages.edit(id, done)
      await expect(nodes.two.messages.edit(id, { ...done, txt: 'other' })).rejects.toEqual(refusal(4090))
      await expect(nodes.two.messages.edit(id, editOf(message))).rejects.toEqual(refusal(4091))
      expect(await allEntries(nodes.one, message)).toHaveLength(2)
    })
  })

  describe('a deletion', () => {
    test('takes the text away, once, and is told by the log', async () => {
      const [a, b] = [someUser(), someUser()]
      const message = await someMessage(a, b)
      const { id, cid } = message
      const edited = await nodes.one.messages.edit(id, editOf(message, 'a secret'))
      const deletions = await Promise.all(
        [nodes.one, nodes.two, nodes.one].map((node) => node.messages.remove(id, { cid, uid: a })),
      )
      const deleted = { ...edited, text: '', deleted: true }
      for (const answer of deletions) expect(answer).toEqual(deleted)
      expect(await nodes.two.messages.remove(id, { cid, uid: a })).toEqual(deleted)
      expect(await allMessages(nodes.two, { cid, uid: b })).toEqual([deleted])
      const entries = await allEntries(nodes.two, { cid, uid: b })
      expect(entries.map(({ object }) => object)).toEqual(['message', 'edit', 'deletion'])
      expect(entries[2]).toEqual({
        object: 'deletion',
        seq: 3,
        cid,
        id,
        uid: a,
        createdAt: expect.any(Number),
      })
      expect(JSON.stringify(entries)).not.toContain('a secret')
    })

    test('ends edits, and is refused to others', async () => {
      const [a, b] = [someUser(), someUser()]
      const message = await someMessage(a, b)
      const { id, cid } = message
      await expect(nodes.one.messages.remove(id, { cid, uid: b })).rejects.toEqual(refusal(4031))
      await expect(nodes.one.messages.remove(id, { cid, uid: someUser() })).rejects.toEqual(refusal(4040))
      await nodes.one.messages.remove(id, { cid, uid: a })
      await expect(nodes.two.messages.edit(id, editOf(message))).rejects.toEqual(refusal(4040))
      expect(await allEntries(nodes.one, { cid, uid: a })).toHaveLength(2)
    })

    test('does not keep a repeated sending from being answered', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(nodes.one, a)
      const request = newMessage(cid, a)
      await nodes.one.messages.append(request)
      const deleted = await nodes.one.messages.remove(request.id, { cid, uid: a })
      expect(await nodes.two.messages.append(request)).toEqual(deleted)
    })
  })

  describe('the log', () => {
    test('is whole under messages, edits, deletions and changes of members from two nodes at once', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const { id: cid } = await chatOf(nodes.one, a, b)
      const writer = async (uid: number, node: TwoNodes['one']) => {
        for (let i = 0; i < 10; i += 1) {
          const message = await node.messages.append(newMessage(cid, uid, `${i}`))
          const edited = await node.messages.edit(message.id, editOf(message))
          if (i % 3 === 0) await node.messages.remove(edited.id, { cid, uid })
        }
      }
      const changer = async () => {
        for (let rev = 0; rev < 10; rev += 1) {
          const users = rev % 2 ? [a, b] : [a, b, c]
          await nodes.two.chats.changeMembers(cid, a, { change: randomResourceId(), rev, users })
        }
      }
      await Promise.all([writer(a, nodes.one), writer(b, nodes.two), changer()])
      const entries = await allEntries(nodes.one, { cid, uid: a, limit: 7 })
      expect(entries).toHaveLength(58)
      expect(followLog([a, b], entries)).toEqual([a, b])
      expect(await allEntries(nodes.two, { cid, uid: b })).toEqual(entries)
      const shown = entries.filter(({ object }) => object === 'message' || object === 'members')
      for (const limit of [1, 3, 29, 30, 31]) {
        expect(await allShown(nodes.two, { cid, uid: b, limit })).toEqual(shown.toReversed())
      }
    })

    test('shows a page of messages however many edits came after them', async () => {
      const message = await someMessage(someUser())
      const { cid, uid } = message
      let edited = message
      for (let i = 0; i < 60; i += 1)
        edited = await nodes.one.messages.edit(message.id, editOf(edited, `${i}`))
      expect(await nodes.two.messages.list({ cid, uid, limit: 5 })).toEqual({
        object: 'list',
        data: [edited],
      })
      const { lastSeq, lastMessage } = await nodes.two.chats.get(cid, uid)
      expect([lastSeq, lastMessage]).toEqual([61, edited])
    })

    test('is read on from any place', async () => {
      const a = someUser()
      const { id: cid } = await chatOf(nodes.one, a)
      expect(await nodes.one.messages.after({ cid, uid: a, after: 0, limit: 5 })).toEqual({
        object: 'list',
        data: [],
        lastSeq: 0,
      })
      for (let i = 0; i < 12; i += 1) await nodes.one.messages.append(newMessage(cid, a))
      const { data, lastSeq } = await nodes.two.messages.after({ cid, uid: a, after: 4, limit: 5 })
      expect([data.map(({ seq }) => seq), lastSeq]).toEqual([[5, 6, 7, 8, 9], 12])
      const none = await nodes.two.messages.after({ cid, uid: a, after: 99, limit: 5 })
      expect(none).toEqual({ object: 'list', data: [], lastSeq: 12 })
      const query = { cid, uid: someUser(), after: 0, limit: 5 }
      await expect(nodes.two.messages.after(query)).rejects.toEqual(refusal(4040))
    })

    test('tells who came and went, and of the name', async () => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      const { id: cid } = await chatOf(nodes.one, a, b)
      const change = (rev: number, users: number[], name?: string) => {
        const id = randomResourceId()
        const request = { change: id, rev, users, ...(name === undefined ? {} : { name }) }
        return nodes.two.chats.changeMembers(cid, a, request)
      }
      expect(await change(0, [a, c], 'Book club')).toMatchObject({ users: [a, c], name: 'Book club' })
      await change(1, [a, c])
      expect('name' in (await change(2, [a, c], ''))).toBe(false)
      const told = { object: 'members', id: expect.any(String), cid, uid: a, createdAt: expect.any(Number) }
      const entries = [
        { ...told, seq: 1, added: [c], removed: [b], name: 'Book club' },
        { ...told, seq: 2, added: [], removed: [], name: '' },
      ]
      expect(await allEntries(nodes.one, { cid, uid: c })).toEqual(entries)
      expect(await allShown(nodes.one, { cid, uid: c, limit: 1 })).toEqual(entries.toReversed())
    })
  })
}
