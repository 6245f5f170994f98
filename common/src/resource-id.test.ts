import { expect, test } from '@jest/globals'
import { derivedResourceId, randomResourceId, resourceIdPattern } from './resource-id.ts'

test('a derived id depends on owner, scope and key, and on nothing else', () => {
  const id = derivedResourceId(3, 'chats', 'key')
  expect(id).toMatch(resourceIdPattern)
  expect(derivedResourceId(3, 'chats', 'key')).toBe(id)
  expect(derivedResourceId(31, 'chats', 'key')).not.toBe(id)
  expect(derivedResourceId(3, 'chat', 'skey')).not.toBe(id)
  expect(derivedResourceId(3, 'chats', 'key2')).not.toBe(id)
})

test('random ids have the form of an ObjectId and differ', () => {
  const ids = new Set(Array.from({ length: 1000 }, randomResourceId))
  expect(ids.size).toBe(1000)
  for (const id of ids) expect(id).toMatch(resourceIdPattern)
})
