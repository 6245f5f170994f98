import { expect, test } from '@jest/globals'
import type { Chat, Message } from '../api/types.ts'
import { type ChatPages, chatPagesAfter } from './chat-pages.ts'

const me = 3
const chat = (id: string, fields: Partial<Chat> = {}): Chat => ({
  object: 'chat',
  id,
  users: [1, me],
  createdAt: 0,
  rev: 0,
  lastSeq: 4,
  unread: 0,
  readSeq: 4,
  ...fields,
})
const listOf = (...pages: Chat[][]): ChatPages => ({ pages: pages.map((data) => ({ data })), pageParams: [] })
const message = (cid: string, fields: Partial<Message> = {}): Message => ({
  object: 'message',
  id: 'm5',
  cid,
  uid: 1,
  createdAt: 0,
  text: 'Hi',
  seq: 5,
  ...fields,
})
const chats = (list: ChatPages | undefined) => list?.pages.flatMap(({ data }) => data)

test('a message of another brings its chat to the top, as unread', () => {
  const list = listOf([chat('a')], [chat('b')])
  const after = chats(chatPagesAfter(list, { type: 'message', message: message('b') }, me))
  expect(after?.map(({ id }) => id)).toEqual(['b', 'a'])
  expect(after?.[0]).toMatchObject({ unread: 1, lastSeq: 5, lastMessage: { text: 'Hi' } })
})

test('an own message is not unread, and one that is known changes nothing', () => {
  const list = listOf([chat('a')])
  const own = chatPagesAfter(list, { type: 'message', message: message('a', { uid: me }) }, me)
  expect(chats(own)?.[0]).toMatchObject({ unread: 0, lastSeq: 5 })
  expect(chatPagesAfter(list, { type: 'message', message: message('a', { seq: 4 }) }, me)).toBe(list)
})

test('a chat that is not in the list has to be asked for', () => {
  expect(
    chatPagesAfter(listOf([chat('a')]), { type: 'message', message: message('new') }, me),
  ).toBeUndefined()
})

test('an edit or a deletion of the last message shows in the list, without moving it', () => {
  const list = listOf([chat('b'), chat('a', { lastMessage: message('a', { seq: 4 }) })])
  const edited = message('a', { text: 'Hello', editedAt: 9 })
  const after = chats(chatPagesAfter(list, { type: 'edited', message: edited }, me))
  expect(after?.map(({ id, lastMessage }) => [id, lastMessage?.text])).toEqual([
    ['b', undefined],
    ['a', 'Hello'],
  ])
  const gone = chats(chatPagesAfter(list, { type: 'deleted', cid: 'a', id: 'm5', seq: 5 }, me))
  expect(gone?.[1]?.lastMessage).toMatchObject({ text: '', deleted: true })
})

test('members come and go, the name changes, and a chat one was removed from is not there', () => {
  const entry = { object: 'members', id: 'e', seq: 5, cid: 'a', uid: 1, createdAt: 0 } as const
  const list = listOf([chat('a', { name: 'Old' })])
  const changed = { ...entry, added: [2], removed: [1], name: 'New' }
  expect(chats(chatPagesAfter(list, { type: 'members', members: changed }, me))?.[0]).toMatchObject({
    users: [2, 3],
    name: 'New',
  })
  const unnamed = { ...entry, added: [], removed: [], name: '' }
  expect(chats(chatPagesAfter(list, { type: 'members', members: unnamed }, me))?.[0]).not.toHaveProperty(
    'name',
  )
  const removed = { ...entry, added: [], removed: [me] }
  expect(chats(chatPagesAfter(list, { type: 'members', members: removed }, me))).toEqual([])
})

test('read to its end, here or on another device, nothing in it is unread', () => {
  const list = listOf([chat('a', { unread: 2, readSeq: 2 })])
  const read = (seq: number, uid: number) => chatPagesAfter(list, { type: 'read', cid: 'a', uid, seq }, me)
  expect(chats(read(4, me))?.[0]).toMatchObject({ unread: 0, readSeq: 4 })
  expect(read(3, me)).toBeUndefined()
  expect(read(4, 1)).toBe(list)
})
