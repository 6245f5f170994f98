import { expect, test } from '@jest/globals'
import { nameKey } from './name-key.ts'
import { readSearchCursor, writeSearchCursor } from './search-cursor.ts'

const position = { key: nameKey('Anna'), id: 7 }

test('a cursor tells the place it was made of', () => {
  const cursor = writeSearchCursor(position)
  expect(cursor).toMatch(/^[\w-]+$/)
  expect(readSearchCursor(cursor, { firstName: 'an' })).toEqual(position)
  expect(readSearchCursor(cursor, { firstName: 'ann', lastName: 'x' })).toEqual(position)
  expect(readSearchCursor(cursor, { lastName: 'ann' })).toEqual(position)
})

const foreign = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test.each([
  ['of another search', writeSearchCursor({ key: nameKey('Bob'), id: 7 })],
  ['no cursor', 'x'],
  ['a message id', '6053226593a589ae6ea95771'],
  ['a number', foreign(7)],
  ['a list of other things', foreign([7, 'x'])],
  ['an id that is none', foreign([Buffer.from('ANNA').toString('base64'), 1.5])],
])('%s is refused', (_, cursor) => {
  expect(() => readSearchCursor(cursor, { firstName: 'an' })).toThrow(expect.objectContaining({ code: 4001 }))
})
