import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { MessageEdit } from '@roundtable/common/dialogue-requests'
import type { Message } from '@roundtable/common/dialogue-wire'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { cutAtEveryCommand, deaths, dyingOn, followLog, outcome } from './dialogue-cuts.ts'
import { editOf } from './dialogue-edits.ts'
import { frozenBefore, startMongoWorld } from './dialogue-mongo.ts'
import { allEntries, allMessages, newChat, newMessage, someUser } from './dialogue-requests.ts'

describeWith('mongod', 'a writer of edits and deletions that dies between any two commands', () => {
  let world: Awaited<ReturnType<typeof startMongoWorld>>
  beforeAll(async () => {
    world = await startMongoWorld()
  })
  afterAll(() => world?.close())

  async function someMessage(): Promise<Message> {
    const uid = someUser()
    const { id: cid } = await world.witness.chats.create(newChat(uid, someUser()))
    return await world.witness.messages.append(newMessage(cid, uid, 'before'))
  }

  const now = ({ id, cid, uid }: Message) => world.witness.messages.get(id, { cid, uid })
  /** What the log tells of the message, after the message itself. */
  const told = async ({ cid, uid }: Message) => (await allEntries(world.witness, { cid, uid })).slice(1)
  const editsOf = async (message: Message) =>
    (await told(message)).filter(({ object }) => object === 'edit').length

  async function untilNothingIsOwed(): Promise<void> {
    await waitUntil('nothing is owed', async () => {
      return (await world.db.collection('log').countDocuments({ owed: { $exists: true } })) === 0
    })
  }

  test.each(deaths)('in an edit, %s the command is done', async (death) => {
    const commands = await cutAtEveryCommand(
      world.storeOn,
      dyingOn(world.run, death),
      async (store, isCut) => {
        const message = await someMessage()
        const edit = editOf(message)
        const answer = await outcome(store.messages.edit(message.id, edit))
        if (isCut()) expect(typeof answer === 'number' ? [5031, 5032] : [answer]).toContainEqual(answer)
        // The log never tells what the message does not show yet.
        const edits = await editsOf(message)
        const seen = await now(message)
        if (edits > 0) expect(seen).toMatchObject({ text: 'Edited', rev: 1 })
        if (answer === 5032) expect([seen, await editsOf(message)]).toEqual([message, 0])
        if (typeof answer === 'object') expect([seen, edits]).toEqual([answer, 1])

        // What was begun is finished by nobody but the sweep.
        if (seen.rev === 1) {
          await waitUntil('the log tells of it', async () => (await editsOf(message)) === 1)
          await untilNothingIsOwed()
        }
        const again = await world.witness.messages.edit(message.id, edit)
        expect(again).toMatchObject({ text: 'Edited', rev: 1 })
        expect(await editsOf(message)).toBe(1)
      },
    )
    expect(commands).toBeGreaterThanOrEqual(6)
  })

  test.each(deaths)('in an edit that is sent again at once, %s the command is done', async (death) => {
    await cutAtEveryCommand(world.storeOn, dyingOn(world.run, death), async (store) => {
      const message = await someMessage()
      const edit = editOf(message)
      await outcome(store.messages.edit(message.id, edit))
      const edited = await world.witness.messages.edit(message.id, edit)
      expect(await editsOf(message)).toBe(1)
      const next = await world.witness.messages.edit(message.id, editOf(edited, 'next'))
      expect(next).toMatchObject({ text: 'next', rev: 2 })
      const entries = await allEntries(world.witness, message)
      expect(entries.map(({ object }) => object)).toEqual(['message', 'edit', 'edit'])
    })
  })

  test.each(deaths)('in an edit that another one follows, %s the command is done', async (death) => {
    await cutAtEveryCommand(world.storeOn, dyingOn(world.run, death), async (store) => {
      const message = await someMessage()
      await outcome(store.messages.edit(message.id, editOf(message, 'first')))
      const seen = await now(message)
      await world.witness.messages.edit(message.id, editOf(seen, 'second'))
      // Each edit that was done is told, in its order.
      expect(await editsOf(message)).toBe((seen.rev ?? 0) + 1)
      expect(followLog([], await allEntries(world.witness, message))).toEqual([])
    })
  })

  test.each(deaths)('in a deletion, %s the command is done', async (death) => {
    const commands = await cutAtEveryCommand(world.storeOn, dyingOn(world.run, death), async (store) => {
      const message = await someMessage()
      const { id, cid, uid } = message
      const edited = await world.witness.messages.edit(id, editOf(message))
      const answer = await outcome(store.messages.remove(id, { cid, uid }))
      const deletions = async () => (await told(message)).filter(({ object }) => object === 'deletion').length
      const before = await deletions()
      const seen = await now(message)
      if (before > 0) expect(seen.deleted).toBe(true)
      if (answer === 5032) expect([seen, await deletions()]).toEqual([edited, 0])
      if (seen.deleted) await waitUntil('the log tells of it', async () => (await deletions()) === 1)
      const deleted = await world.witness.messages.remove(id, { cid, uid })
      expect(deleted).toMatchObject({ text: '', deleted: true })
      expect(await deletions()).toBe(1)
      expect(followLog([], await allEntries(world.witness, message))).toEqual([])
    })
    expect(commands).toBeGreaterThanOrEqual(5)
  })

  /** What others do while a writer is frozen. */
  const meanwhile: [string, (message: Message, late: MessageEdit) => Promise<void>][] = [
    [
      'the same request is sent again and others follow',
      async ({ id }, late) => {
        const edited = await world.witness.messages.edit(id, late)
        const next = await world.witness.messages.edit(id, editOf(edited, 'newer'))
        expect(next).toMatchObject({ text: 'newer', rev: 2 })
      },
    ],
    [
      'another edit comes first',
      async (message) => {
        await world.witness.messages.edit(message.id, editOf(await now(message), 'newer'))
      },
    ],
    [
      'the message is deleted',
      async ({ id, cid, uid }) => {
        await world.witness.messages.remove(id, { cid, uid })
      },
    ],
    [
      'others write',
      async ({ cid, uid }) => {
        for (let i = 0; i < 3; i += 1) await world.witness.messages.append(newMessage(cid, uid))
      },
    ],
  ]

  test.each(meanwhile)(
    'that freezes anywhere while %s thaws and changes nothing twice',
    async (_, others) => {
      for (let nth = 1; ; nth += 1) {
        const message = await someMessage()
        const connection = frozenBefore(world.run, nth)
        const late = editOf(message, 'late')
        const thawing = outcome(world.storeOn(connection.run).messages.edit(message.id, late))
        await Promise.race([connection.frozen, thawing])
        await others(message, late)
        const before = await now(message)
        connection.thaw()
        const answer = await thawing
        const after = await now(message)
        if (before.deleted || before.text === 'newer') expect(after).toEqual(before)
        if (typeof answer === 'object') expect(after.rev).toBeGreaterThanOrEqual(1)
        await untilNothingIsOwed()
        expect(await editsOf(message)).toBe(after.rev ?? 0)
        expect(followLog([], await allEntries(world.witness, message))).toEqual([])
        const { lastSeq, lastMessage } = await world.witness.chats.get(message.cid, message.uid)
        expect(lastSeq).toBe((await allEntries(world.witness, message)).length)
        expect(lastMessage).toEqual((await allMessages(world.witness, message))[0])
        if (!connection.made()) return
      }
    },
  )

  test('leaves a chat whose next change of members tells of both', async () => {
    for (const death of deaths) {
      await cutAtEveryCommand(world.storeOn, dyingOn(world.run, death), async (store: DialogueStore) => {
        const [a, b, c] = [someUser(), someUser(), someUser()]
        const { id: cid } = await world.witness.chats.create(newChat(a, b))
        const change = (rev: number, users: number[]) => ({ change: newMessage(cid, a).id, rev, users })
        await outcome(store.chats.changeMembers(cid, a, change(0, [a, c])))
        const { rev } = await world.witness.chats.get(cid, a)
        await world.witness.chats.changeMembers(cid, a, change(rev, [a, b]))
        expect(followLog([a, b], await allEntries(world.witness, { cid, uid: a }))).toEqual([a, b])
      })
    }
  })
})
