import { expect, test } from '@jest/globals'
import { Lifecycle } from './lifecycle.ts'
import { createLogger } from './logger.ts'

const quiet = createLogger('test').child({}, { level: 'silent' })

test('closes in reverse order, once, and past a closing that fails', async () => {
  const closed: string[] = []
  const lifecycle = new Lifecycle(quiet)
  lifecycle.onClose('a', () => closed.push('a'))
  lifecycle.onClose('b', () => {
    throw new Error('b is stuck')
  })
  lifecycle.onClose('c', async () => closed.push('c'))
  await Promise.all([lifecycle.close(), lifecycle.close()])
  expect(closed).toEqual(['c', 'a'])
})

test('closes also what is opened while it closes', async () => {
  const closed: string[] = []
  const lifecycle = new Lifecycle(quiet)
  lifecycle.onClose('a', () => closed.push('a'))
  lifecycle.onClose('b', () => {
    closed.push('b')
    lifecycle.onClose('late', () => closed.push('late'))
  })
  expect(lifecycle.isClosing).toBe(false)
  const closing = lifecycle.close()
  expect(lifecycle.isClosing).toBe(true)
  await closing
  expect(closed).toEqual(['b', 'late', 'a'])
})
