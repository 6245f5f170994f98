import { expect, test } from '@jest/globals'
import { createSignals } from './signals.ts'

function setUp() {
  const timers: (() => void)[] = []
  const signals = createSignals((_, run) => timers.push(run))
  return { signals, timers }
}

test('who writes is named until they are quiet for a while, however often they said so', () => {
  const { signals, timers } = setUp()
  signals.take({ type: 'typing', cid: 'c', uid: 1 })
  signals.take({ type: 'typing', cid: 'c', uid: 1 })
  timers[0]?.()
  expect(signals.typing('c')).toEqual([1])
  timers[1]?.()
  expect(signals.typing('c')).toEqual([])
})

test('who has written writes no more', () => {
  const { signals } = setUp()
  signals.take({ type: 'typing', cid: 'c', uid: 1 })
  const message = { object: 'message', id: 'm', cid: 'c', uid: 1, createdAt: 0, text: '', seq: 1 } as const
  signals.take({ type: 'message', message })
  expect(signals.typing('c')).toEqual([])
})

test('after a reconnection only those are there who are named again', () => {
  const { signals } = setUp()
  signals.take({ type: 'presence', uid: 1, online: true })
  signals.take({ type: 'presence', uid: 2, online: true })
  signals.take({ type: 'presence', uid: 2, online: false })
  expect([1, 2].map(signals.isOnline)).toEqual([true, false])
  signals.take({ type: 'ready', userId: 3, chats: {} })
  expect(signals.isOnline(1)).toBe(false)
})

test('a read mark only grows', () => {
  const { signals } = setUp()
  signals.takeReadMark('c', 1, 5)
  const before = signals.version()
  signals.take({ type: 'read', cid: 'c', uid: 1, seq: 4 })
  expect(signals.readSeqs('c')).toEqual(new Map([[1, 5]]))
  expect(signals.version()).toBe(before)
})
