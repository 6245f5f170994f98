import type { NewsEvent, Page } from '../api/types.ts'

/** The feed as far as it was loaded, newest first. */
export interface NewsPages {
  pages: Page<NewsEvent>[]
  pageParams: unknown[]
}

/** The feed with one event more, in its place by id; the same when it has it already. */
export function newsPagesAfter(list: NewsPages, event: NewsEvent): NewsPages {
  const [first = { data: [] }, ...others] = list.pages
  if (list.pages.some(({ data }) => data.some(({ id }) => id === event.id))) return list
  const data = [...first.data, event].sort((a, b) => b.id - a.id)
  return { ...list, pages: [{ ...first, data }, ...others] }
}
