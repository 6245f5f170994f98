import { expect, test } from '@jest/globals'
import type { NewsEvent } from '../api/types.ts'
import { newsPagesAfter } from './news-pages.ts'

const event = (id: number): NewsEvent => ({ object: 'event', id, name: 'post', message: '', uid: 1, ts: 0 })

test('each event is there once, newest first, however they come', () => {
  const empty = { pages: [{ data: [event(4)] }, { data: [event(1)] }], pageParams: [] }
  const list = [6, 5, 6, 1].map(event).reduce(newsPagesAfter, empty)
  expect(list.pages.map(({ data }) => data.map(({ id }) => id))).toEqual([[6, 5, 4], [1]])
})
