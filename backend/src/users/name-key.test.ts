import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { afterPrefix, foldName, nameKey } from './name-key.ts'

test.each([
  ['ada', 'ADA'],
  ['Straße', 'STRASSE'],
  ['Οδυσσεύς', 'ΟΔΥΣΣΕΎΣ'],
  ['é', 'e\u0301'],
  ['ﬁn', 'FIN'],
  ['Ａda', 'ada'],
])('%s and %s are the same name', (a, b) => {
  expect(nameKey(a)).toEqual(nameKey(b))
})

test.each([
  ['ada', 'adа (Cyrillic)'],
  ['e', 'é'],
  ['ada', 'ada '],
  ['a', 'a\0'],
])('%j and %j are not', (a, b) => {
  expect(nameKey(a)).not.toEqual(nameKey(b))
})

const letters = fc.string({ unit: 'grapheme', minLength: 0, maxLength: 10 })

test('a key begins with the key of each beginning, and lies before what follows that beginning', () => {
  fc.assert(
    fc.property(letters, letters, (start, rest) => {
      const [prefix, key] = [nameKey(start), nameKey(start + rest)]
      expect(key.subarray(0, prefix.length)).toEqual(prefix)
      expect(Buffer.compare(key, afterPrefix(prefix))).toBe(-1)
    }),
  )
})

test('folding a folded name changes nothing', () => {
  fc.assert(fc.property(letters, (name) => foldName(foldName(name)) === foldName(name)))
})

test('no character makes more bytes than the key columns have room for', () => {
  let longest = 0
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue
    longest = Math.max(longest, nameKey(String.fromCodePoint(code)).length)
  }
  // varbinary(700) for 20 characters, varbinary(1024) for 30.
  expect(longest * 20).toBeLessThanOrEqual(700)
  expect(longest * 30).toBeLessThanOrEqual(1024)
})
