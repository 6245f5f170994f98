import { expect, test } from '@jest/globals'
import { editedText } from './edited-text.ts'
import { createSights, type ShownEntry } from './sights.ts'

const limit = 3
const entry = (seq: number, text = `text ${seq}`): ShownEntry => ({ id: `id-${seq}`, seq, text })

/** What is noticed of these pages of one chat, each of these places. */
function noticed(pages: readonly (readonly ShownEntry[])[], isEdited = false): readonly string[] {
  const sights = createSights()
  for (const data of pages) sights.page('aa', { data, nextCursor: 'older' }, limit, isEdited)
  return sights.found
}

test('nothing is noticed of pages that agree', () => {
  expect(noticed([[], [entry(1)], [entry(2), entry(1)], [5, 4, 3].map((seq) => entry(seq))])).toEqual([])
})

test('a hole, and places out of order, are noticed', () => {
  expect(noticed([[entry(9), entry(7), entry(6)]])).toEqual(['chat aa: a page shows 7 after 9'])
  expect(noticed([[entry(7), entry(8), entry(6)]])).toContain('chat aa: a page shows 8 after 7')
  expect(noticed([[entry(7), entry(8), entry(6)]], true)).toContain('chat aa: a page shows 8 after 7')
})

test('another entry at the same place is noticed, also in a chat with edits', () => {
  const what = "chat aa: entry 1 was 'id-1 text 1' and is 'id-1 another'"
  expect(noticed([[entry(1)], [entry(1, 'another')]])).toEqual([what])
  expect(noticed([[entry(1)], [entry(1, 'another')]], true)).toEqual([what])
})

test('a page that is too short is noticed', () => {
  expect(noticed([[entry(20), entry(19)]])).toEqual(['chat aa: a page shows 2 entries of 20'])
  expect(noticed([[entry(2)]])).toEqual(['chat aa: a page shows 1 entries of 2'])
})

test('an edited text is the same entry, and edits are left out of pages, which may end early for them', () => {
  const edited = entry(1, editedText('text 1', 2))
  expect(noticed([[entry(2), entry(1)], [entry(6), entry(2), edited], [entry(9)]], true)).toEqual([])
})

test('an entry that one page shows and another leaves out is noticed', () => {
  const what = "chat aa: entry 2 was 'id-2 text 2' and is 'nothing'"
  expect(
    noticed(
      [
        [entry(2), entry(1)],
        [entry(3), entry(1)],
      ],
      true,
    ),
  ).toEqual([what])
})

test('a page that nothing follows leaves out all below it', () => {
  const { page, shown } = createSights()
  page('aa', { data: [entry(4), entry(3)] }, limit, true)
  expect(shown.get('aa')?.slice(1)).toEqual(['nothing', 'nothing', 'id-3 text 3', 'id-4 text 4'])
})
