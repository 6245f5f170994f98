import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { MembersChange, NewChat } from '@roundtable/common/dialogue-requests'
import type { Chat } from '@roundtable/common/dialogue-wire'
import { randomResourceId } from '@roundtable/common/resource-id'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import { MongoNetworkError } from 'mongodb'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { cutAtEveryCommand, deaths, dyingOn, followLog, outcome, sides } from './dialogue-cuts.ts'
import { type Cut, cutOnce, frozenBefore, startMongoWorld } from './dialogue-mongo.ts'
import { allChats, allEntries, allMessages, newChat, newMessage, someUser } from './dialogue-requests.ts'

describeWith('mongod', 'a writer that dies between any two commands', () => {
  let world: Awaited<ReturnType<typeof startMongoWorld>>
  beforeAll(async () => {
    world = await startMongoWorld()
  })
  afterAll(() => world?.close())

  const cutAtEvery = (
    cut: (nth: number) => Cut,
    work: (store: DialogueStore, isCut: () => boolean) => Promise<void>,
  ) => cutAtEveryCommand(world.storeOn, cut, work)

  /** A chat is on the lists of those it names and of nobody else. */
  async function expectListsToFollow(cid: string, users: readonly number[]): Promise<void> {
    // Without what the log comes to: it may be told more of it at any time.
    const known = ({ id, users: members, rev }: Chat) => ({ id, members, rev })
    for (const uid of users) {
      const chat = await outcome(world.witness.chats.get(cid, uid))
      const listed = (await allChats(world.witness, { uid })).filter(({ id }) => id === cid)
      expect(listed.map(known)).toEqual(typeof chat === 'object' ? [known(chat)] : [])
    }
  }

  const dying = deaths.map((death) => [death, (nth: number) => dyingOn(world.run, death)(nth)] as const)
  const hiccup = sides.map((side) => [side, (nth: number) => cutOnce(world.run, nth, side)] as const)

  test.each(dying)('while it creates a chat, %s the command is done', async (_, cut) => {
    const commands = await cutAtEvery(cut, async (store, isCut) => {
      const request = newChat(someUser(), someUser(), someUser())
      const answer = await outcome(store.chats.create(request))
      if (isCut()) expect([5031, 5032]).toContain(answer)
      await expectListsToFollow(request.id, request.users)
      const stored = await outcome(world.witness.chats.get(request.id, request.uid))
      if (answer === 5032) expect(stored).toBe(4040)
      await expectHealed(request)
    })
    expect(commands).toBeGreaterThanOrEqual(2)
  })

  async function expectHealed(request: NewChat): Promise<void> {
    const chat = await world.witness.chats.create(request)
    expect(chat).toMatchObject({ id: request.id, users: request.users, rev: 0 })
    for (const uid of request.users) expect(await allChats(world.witness, { uid })).toEqual([chat])
  }

  test.each(dying)('while it changes members, %s the command is done', async (_, cut) => {
    const commands = await cutAtEvery(cut, async (store, isCut) => {
      const [a, b, c, d, e] = [someUser(), someUser(), someUser(), someUser(), someUser()]
      const before = await world.witness.chats.create(newChat(a, b, c))
      const change: MembersChange = { change: randomResourceId(), rev: 0, users: [a, d, e] }
      const answer = await outcome(store.chats.changeMembers(before.id, a, change))
      const now = await world.witness.chats.get(before.id, a)
      const changed = { id: before.id, createdAt: before.createdAt, users: change.users, rev: 1 }
      if (now.rev === 0) expect(now).toEqual(before)
      else expect(now).toMatchObject(changed)
      // Once the chat itself is changed only tidying is left, whose failure is no failure of the request.
      if (answer === 5032) expect(now).toEqual(before)
      else if (answer !== 5031) expect(answer).toEqual(now)
      await expectLogToFollow(
        before.id,
        a,
        before.users,
        now.rev === 0 || answer === 5031 ? 'untold' : 'told',
      )
      if (now.rev === 0) expect(isCut()).toBe(true)
      await expectListsToFollow(before.id, [a, b, c, d, e])

      const again = await world.witness.chats.changeMembers(before.id, a, change)
      expect(again).toMatchObject(changed)
      await expectLogToFollow(before.id, a, before.users, 'told')
      expect(await allEntries(world.witness, { cid: before.id, uid: a })).toHaveLength(1)
      await expectListsToFollow(before.id, [a, b, c, d, e])
      expect(await rowsOf([a, b, c, d, e])).toBe(3)
    })
    expect(commands).toBeGreaterThanOrEqual(4)
  })

  /** What the log tells has happened; once a request is answered, it tells all. */
  async function expectLogToFollow(
    cid: string,
    uid: number,
    first: readonly number[],
    what: 'told' | 'untold',
  ) {
    const entries = await allEntries(world.witness, { cid, uid })
    const { users } = await world.witness.chats.get(cid, uid)
    const told = followLog(first, entries).toSorted()
    if (what === 'told') expect(told).toEqual(users.toSorted())
    else expect([first.toSorted(), users.toSorted()]).toContainEqual(told)
  }

  async function rowsOf(users: readonly number[]): Promise<number> {
    return await world.db.collection('userChats').countDocuments({ uid: { $in: users } })
  }

  test.each(dying)('while it stores messages, %s the command is done', async (_, cut) => {
    const commands = await cutAtEvery(cut, async (store, isCut) => {
      const a = someUser()
      const { id: cid } = await world.witness.chats.create(newChat(a))
      const requests = Array.from({ length: 5 }, () => newMessage(cid, a))
      const answers = await Promise.all(requests.map((request) => outcome(store.messages.append(request))))
      if (!isCut()) expect(answers.map((answer) => typeof answer)).toEqual(Array(5).fill('object'))

      const stored = await allMessages(world.witness, { cid, uid: a })
      for (const [i, request] of requests.entries()) {
        const found = stored.find(({ id }) => id === request.id)
        const answer = answers[i]
        if (answer === 5032) expect(found).toBeUndefined()
        else if (answer !== 5031) expect(answer).toEqual(found)
      }
      for (const request of requests) await world.witness.messages.append(request)
      const all = await allMessages(world.witness, { cid, uid: a })
      expect(all.map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1])
      expect(new Set(all.map(({ id }) => id))).toEqual(new Set(requests.map(({ id }) => id)))
      for (const message of stored) expect(all).toContainEqual(message)
    })
    expect(commands).toBeGreaterThanOrEqual(3)
  })

  test.each(dying)('before it told the lists of a message, %s the command is done', async (_, cut) => {
    const commands = await cutAtEvery(cut, async (store) => {
      const [a, b] = [someUser(), someUser()]
      const older = await world.witness.chats.create(newChat(a, b))
      await world.witness.chats.create(newChat(a, b))
      const request = newMessage(older.id, a)
      await outcome(store.messages.append(request))
      await store.close()
      const [message] = await allMessages(world.witness, { cid: older.id, uid: a })
      if (!message) return
      for (const uid of [a, b]) {
        await waitUntil('the list follows', async () => {
          const [first] = await allChats(world.witness, { uid })
          return first?.id === older.id
        })
      }
      await waitUntil('nothing is left behind', async () => {
        const left = await world.db.collection('log').countDocuments({ unsettled: { $exists: true } })
        return left === 0
      })
    })
    expect(commands).toBeGreaterThanOrEqual(5)
  })

  test.each(hiccup)(
    'a connection that fails once, %s the command is done, is not noticed',
    async (_, cut) => {
      const [a, b, c] = [someUser(), someUser(), someUser()]
      await cutAtEvery(cut, async (store) => {
        const request = newChat(a, b)
        const chat = await store.chats.create(request)
        const sent = [newMessage(chat.id, a), newMessage(chat.id, b)]
        const stored = await Promise.all(sent.map((message) => store.messages.append(message)))
        expect(stored.map(({ seq }) => seq)).toEqual([1, 2])
        const change = { change: randomResourceId(), rev: 0, users: [a, c] }
        const changed = await store.chats.changeMembers(chat.id, a, change)
        expect(changed.users).toEqual([a, c])
        expect(await allMessages(store, { cid: chat.id, uid: c })).toEqual(stored.toReversed())
        expect(followLog([a, b], await allEntries(store, { cid: chat.id, uid: c }))).toEqual([a, c])
        await expectListsToFollow(chat.id, [a, b, c])
      })
    },
  )

  test('a change of members that was made unseen, and followed by another, is answered as made', async () => {
    const [a, b, c] = [someUser(), someUser(), someUser()]
    const { id } = await world.witness.chats.create(newChat(a, b))
    let isCut = false
    const store = world.storeOn(async (command, timeoutMs) => {
      const reply = await world.run(command, timeoutMs)
      if (isCut || command.updates?.[0].q.rev !== 0) return reply
      isCut = true
      const newer = { change: randomResourceId(), rev: 1, users: [a, b] }
      await world.witness.chats.changeMembers(id, b, newer)
      throw new MongoNetworkError('the connection is cut')
    })
    const change = { change: randomResourceId(), rev: 0, users: [a, b, c] }
    const answer = await store.chats.changeMembers(id, a, change)
    expect(isCut).toBe(true)
    expect(answer).toEqual(await world.witness.chats.get(id, a))
    expect(answer).toMatchObject({ users: [a, b], rev: 2 })
    await expectListsToFollow(id, [a, b, c])
  })

  async function readAsAny(cid: string, users: readonly number[]) {
    for (const uid of users) {
      const chat = await outcome(world.witness.chats.get(cid, uid))
      if (typeof chat === 'object') return { uid, rev: chat.rev, users: chat.users }
    }
    throw new Error('none of them is a member')
  }

  test('a writer that freezes anywhere and thaws late undoes nothing', async () => {
    for (const late of [[1], [1, 2, 3], [1, 3], [2]]) {
      for (let nth = 1; ; nth += 1) {
        const users = [someUser(), someUser(), someUser()]
        const pick = (places: readonly number[]) => places.map((place) => users[place - 1] ?? 0)
        const [a = 0] = users
        const chat = await world.witness.chats.create(newChat(a, ...pick([2])))
        const connection = frozenBefore(world.run, nth)
        const change = { change: randomResourceId(), rev: 0, users: pick(late) }
        const thawing = outcome(world.storeOn(connection.run).chats.changeMembers(chat.id, a, change))
        await Promise.race([connection.frozen, thawing])

        // Meanwhile others change it, from where the frozen one has left it.
        for (const next of [[1], [1, 2], [1, 2, 3], [2], [1, 2]]) {
          const { uid, rev } = await readAsAny(chat.id, users)
          const newer = { change: randomResourceId(), rev, users: pick(next) }
          await world.witness.chats.changeMembers(chat.id, uid, newer)
        }
        const { rev } = await readAsAny(chat.id, users)
        connection.thaw()
        await thawing
        const now = await readAsAny(chat.id, users)
        expect([now.rev, now.users]).toEqual([rev, pick([1, 2])])
        const entries = await allEntries(world.witness, { cid: chat.id, uid: now.uid })
        expect(followLog(pick([1, 2]), entries).toSorted()).toEqual(pick([1, 2]).toSorted())
        await expectListsToFollow(chat.id, users)
        if (!connection.made()) break
      }
    }
  })

  test('a writer that freezes while it stores messages leaves no hole when it thaws', async () => {
    for (let nth = 1; ; nth += 1) {
      const a = someUser()
      const { id: cid } = await world.witness.chats.create(newChat(a))
      await world.witness.messages.append(newMessage(cid, a, 'first'))
      const connection = frozenBefore(world.run, nth)
      const store = world.storeOn(connection.run)
      const requests = Array.from({ length: 3 }, () => newMessage(cid, a, 'late'))
      const thawing = Promise.all(requests.map((request) => outcome(store.messages.append(request))))
      await Promise.race([connection.frozen, thawing])
      for (let i = 0; i < 3; i += 1) await world.witness.messages.append(newMessage(cid, a, 'meanwhile'))
      connection.thaw()
      await thawing
      for (const request of requests) await world.witness.messages.append(request)
      const all = await allMessages(world.witness, { cid, uid: a })
      expect(all.map(({ seq }) => seq)).toEqual([7, 6, 5, 4, 3, 2, 1])
      expect(new Set(all.map(({ id }) => id)).size).toBe(7)
      if (!connection.made()) return
    }
  })
})
