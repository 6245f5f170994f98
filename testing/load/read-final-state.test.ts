import { expect, test } from '@jest/globals'
import { editedText } from '../history/edited-text.ts'
import type { Answer, ApiClient } from './api-client.ts'
import { readFinalState } from './read-final-state.ts'

const roger = { uid: 1, token: 'roger' }
const vohaul = { uid: 2, token: 'vohaul' }
const readerOf = new Map([['aa', roger]])
const history = { operations: [], sights: [], shown: new Map() }
const edited = editedText('hello', 1)
const log: NonNullable<Answer['body']['data']> = [
  { object: 'message', id: 'm', seq: 1, uid: 1, text: edited },
  { object: 'edit', id: 'm', seq: 2, uid: 1, text: edited },
  { object: 'members', id: 'n', seq: 3, uid: 1 },
]

/** @param listOf tells the list of chats of who has this token */
function clientOf(listOf: (token: string) => readonly string[]): ApiClient {
  const bodyOf = (path: string, token: string): Answer['body'] => {
    const { pathname, searchParams } = new URL(path, 'http://backend')
    if (pathname === '/v1/chats/aa') return { users: [1, 2] }
    if (pathname === '/v1/chats') return { data: listOf(token).map((id) => ({ id })) }
    return searchParams.get('after') === '0' ? { data: log } : { data: [] }
  }
  return {
    call: async ({ path, token = '' }) => ({ status: 200, body: bodyOf(path, token), repeats: 0 }),
    close: async () => {},
  }
}

test('tells messages, who came and went, and which message was edited apart', async () => {
  const { messages } = await readFinalState(
    clientOf(() => ['aa']),
    history,
    [roger],
    readerOf,
  )
  expect(messages.get('aa')).toEqual([
    { id: 'm', seq: 1, uid: 1, text: 'hello', edits: 1 },
    { id: 'entry 2 of aa', seq: 2, uid: 1, text: '', isNotice: true, editOf: 'm' },
    { id: 'n', seq: 3, uid: 1, text: '', isNotice: true },
  ])
})

test('reads the lists again when a chat was made while they were read', async () => {
  let asked = 0
  // The first of the lists that is read does not have it.
  const listOf = () => (asked++ === 0 ? ['aa'] : ['cc', 'aa'])
  const { lists } = await readFinalState(clientOf(listOf), history, [roger, vohaul], readerOf)
  expect([...lists.values()]).toEqual([
    ['cc', 'aa'],
    ['cc', 'aa'],
  ])
})
