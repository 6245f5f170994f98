import { expect, test } from '@jest/globals'
import type { OutgoingMessage } from '../api/outbox.ts'
import type { Message } from '../api/types.ts'
import { withoutThoseShown } from './without-those-shown.ts'

const me = 3
const outgoing = (key: string, fields: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  key,
  cid: 'c',
  text: 'Hi',
  after: 4,
  state: 'sending',
  ...fields,
})
const shown = (seq: number, fields: Partial<Message> = {}): Message => ({
  object: 'message',
  id: `m${seq}`,
  cid: 'c',
  uid: me,
  createdAt: 0,
  text: 'Hi',
  seq,
  ...fields,
})
const keys = (messages: OutgoingMessage[]) => messages.map(({ key }) => key)

test('one that is acknowledged is shown until the chat has it', () => {
  const sent = outgoing('a', { state: 'sent', id: 'm5' })
  expect(keys(withoutThoseShown([sent], [shown(4)], me))).toEqual(['a'])
  expect(withoutThoseShown([sent], [shown(5)], me)).toEqual([])
})

test('one whose answer was lost is not shown twice', () => {
  expect(withoutThoseShown([outgoing('a', { state: 'retrying' })], [shown(5)], me)).toEqual([])
})

test('two of the same text are two', () => {
  expect(keys(withoutThoseShown([outgoing('a'), outgoing('b')], [shown(5)], me))).toEqual(['b'])
  const acknowledged = outgoing('a', { state: 'sent', id: 'm5' })
  expect(keys(withoutThoseShown([acknowledged, outgoing('b')], [shown(5)], me))).toEqual(['b'])
})

test('what was there before, or is of another, is not taken for it', () => {
  const others = [shown(4), shown(5, { uid: 1 }), shown(6, { text: 'Hello' })]
  expect(keys(withoutThoseShown([outgoing('a')], others, me))).toEqual(['a'])
})
