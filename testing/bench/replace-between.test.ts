import { expect, test } from '@jest/globals'
import { replaceBetween } from './replace-between.ts'

test('what is between the marks is replaced, and nothing else', () => {
  expect(replaceBetween('a\n<!-- b -->\nold\n<!-- /b -->\nz', '<!-- b -->', '<!-- /b -->', 'new')).toBe(
    'a\n<!-- b -->\nnew\n<!-- /b -->\nz',
  )
})

test('a document without the marks is left alone', () => {
  expect(() => replaceBetween('text', '<!-- b -->', '<!-- /b -->', 'new')).toThrow('<!-- b -->')
})
