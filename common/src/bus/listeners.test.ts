import { expect, test } from '@jest/globals'
import { createLogger } from '../logger.ts'
import { createListeners } from './listeners.ts'

const listenersOf = () => createListeners(createLogger('test').child({}, { level: 'silent' }))
const ignore = (): void => {}

test('a topic is waited for as long as one of its listeners does', () => {
  const listeners = listenersOf()
  expect(listeners.isWanted('news')).toBe(false)
  let sockets = 0
  listeners.add('news', ignore, { isWanted: () => sockets > 0 })
  expect(listeners.isWanted('news')).toBe(false)
  sockets = 1
  expect(listeners.isWanted('news')).toBe(true)
  sockets = 0
  const other = listeners.add('news', ignore)
  expect(listeners.isWanted('news')).toBe(true)
  other.close()
  expect(listeners.isWanted('news')).toBe(false)
})
