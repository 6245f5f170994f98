import { expect, test } from '@jest/globals'
import { fetchNewer } from './fetch-newer.ts'
import type { Message, Page } from './types.ts'

/** A chat of `count` messages, m1 the oldest, answered `size` at a time. */
function chatOf(count: number, size: number) {
  const newestFirst: Message[] = Array.from({ length: count }, (_, index) => ({
    id: `m${count - index}`,
    cid: 'c',
    uid: 3,
    createdAt: 0,
    text: '',
  }))
  return async (cursor: string | undefined): Promise<Page<Message>> => {
    const start = newestFirst.findIndex(({ id }) => id === cursor) + 1
    const data = newestFirst.slice(start, start + size)
    const last = data.at(-1)
    return start + size < count && last ? { data, nextCursor: last.id } : { data }
  }
}

const ids = (messages: Message[]): string[] => messages.map(({ id }) => id)

test('the first time it takes one page, oldest first', async () => {
  const { messages, joined, hasOlder } = await fetchNewer(chatOf(5, 3), undefined)
  expect(ids(messages)).toEqual(['m3', 'm4', 'm5'])
  expect({ joined, hasOlder }).toEqual({ joined: false, hasOlder: true })
})

test('pages back to the known one without a hole', async () => {
  const { messages, joined } = await fetchNewer(chatOf(9, 3), 'm2')
  expect(ids(messages)).toEqual(['m3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9'])
  expect(joined).toBe(true)
})

test('nothing new', async () => {
  expect(await fetchNewer(chatOf(4, 3), 'm4')).toMatchObject({ messages: [], joined: true })
})

test('far behind, it begins anew instead of paging for ever', async () => {
  const { messages, joined, hasOlder } = await fetchNewer(chatOf(100, 2), 'm1')
  expect(messages).toHaveLength(10)
  expect({ joined, hasOlder }).toEqual({ joined: false, hasOlder: true })
})
