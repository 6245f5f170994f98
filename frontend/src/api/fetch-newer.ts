import type { Message, Page } from './types.ts'

export interface Newer {
  /** Oldest first. */
  messages: Message[]
  /** They follow on what was known; otherwise they are to take its place. */
  joined: boolean
  /** There are older ones than these. */
  hasOlder: boolean
}

/** So many pages behind, it is quicker to start anew. */
const maxPages = 5

/**
 * The messages after the newest known one, without a hole: pages back until it meets that one.
 * @param listPage answers a page, newest first, of those older than the cursor
 */
export async function fetchNewer(
  listPage: (cursor: string | undefined) => Promise<Page<Message>>,
  knownId: string | undefined,
): Promise<Newer> {
  const newestFirst: Message[] = []
  for (let page = 1; ; page++) {
    const { data, nextCursor } = await listPage(newestFirst.at(-1)?.id)
    const known = data.findIndex((message) => message.id === knownId)
    newestFirst.push(...(known === -1 ? data : data.slice(0, known)))
    const joined = known !== -1
    const hasOlder = nextCursor !== undefined
    if (joined || knownId === undefined || !hasOlder || page === maxPages) {
      return { messages: newestFirst.reverse(), joined, hasOlder }
    }
  }
}
