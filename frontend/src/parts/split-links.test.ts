import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { splitLinks } from './split-links.ts'

const links = (text: string) => splitLinks(text).flatMap(({ href }) => (href === undefined ? [] : [href]))

test('addresses are links, what ends the sentence is not', () => {
  expect(splitLinks('see https://example.org/a?b=c#d, ok')).toEqual([
    { text: 'see ' },
    { text: 'https://example.org/a?b=c#d', href: 'https://example.org/a?b=c#d' },
    { text: ', ok' },
  ])
  expect(links('(http://example.org/x_(y)).')).toEqual(['http://example.org/x_(y)'])
  expect(links('HTTPS://Example.org')).toEqual(['https://example.org/'])
})

test('what ends an address is found in one go, however much of it there is', () => {
  // Going over it again for each bracket would take minutes.
  const dots = `http://${'.'.repeat(2_700)}a`
  const brackets = ')'.repeat(1_380)
  expect(splitLinks(dots + brackets)).toEqual([{ text: dots, href: `${dots}/` }, { text: brackets }])
  const closed = `http://a/${'('.repeat(9)}${').'.repeat(2_000)}`
  expect(links(closed)).toEqual([`http://a/${'('.repeat(9)}${').'.repeat(8)})`])
})

test('nothing but http and https is a link', () => {
  const texts = [
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'example.org',
    'http://',
    '',
  ]
  expect(texts.flatMap(links)).toEqual([])
})

test('nothing of the text is lost, whatever it is', () => {
  const part = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('https://a.b/c', 'http://', '(', ').', ' '),
  )
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = parts.join('')
      expect(
        splitLinks(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text)
    }),
  )
})
