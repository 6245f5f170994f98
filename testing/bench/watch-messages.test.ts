import { expect, test } from '@jest/globals'
import { watchMessages } from './watch-messages.ts'

const message = (text: string) => ({ type: 'message', message: { cid: 'c', seq: 1, uid: 1, text } })

test('counts the sights of the messages that were sent, and of nothing else', () => {
  const watch = watchMessages()
  watch.sent('a')
  watch.onFrame(message('a'))
  watch.onFrame(message('a'))
  watch.onFrame(message('of somebody else'))
  watch.onFrame({ type: 'edited', message: { cid: 'c', seq: 1, uid: 1, text: 'a' } })
  watch.onFrame({ type: 'presence', uid: 1, online: true })
  expect(watch.sights).toBe(2)
  expect(watch.of('a')).toHaveLength(2)
  expect(watch.of('b')).toEqual([])
  expect(watch.all()).toEqual(watch.of('a'))
})
