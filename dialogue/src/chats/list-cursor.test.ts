import { expect, test } from '@jest/globals'
import { decodeListCursor, encodeListCursor } from './list-cursor.ts'

const place = { at: 1_616_061_029_123, cid: '6053226593a589ae6ea95771' }

test('a cursor leads back to its place', () => {
  expect(decodeListCursor(3, encodeListCursor(3, place))).toEqual(place)
})

test.each([
  ['of another user', encodeListCursor(4, place)],
  ['that is a message id', place.cid],
  ['that is no cursor', 'nonsense'],
  ['that is cut', encodeListCursor(3, place).slice(0, -2)],
])('a cursor %s is refused', (_, cursor) => {
  expect(() => decodeListCursor(3, cursor)).toThrow(expect.objectContaining({ code: 4001 }))
})
