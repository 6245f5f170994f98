import { useCallback, useRef, useState } from 'react'
import type { Api } from '../api/create-api.ts'
import type { Chat } from '../api/types.ts'
import { usePolling } from './use-polling.ts'

export interface Chats {
  /** Latest activity first; undefined until they are known. */
  list: Chat[] | undefined
  hasMore: boolean
  /** Shows another page of them. */
  showMore: () => void
  pollNow: () => void
  error: string | undefined
}

export function useChats(api: Api): Chats {
  const [list, setList] = useState<Chat[]>()
  const [hasMore, setHasMore] = useState(false)
  const pages = useRef(1)

  const load = useCallback(
    async (signal: AbortSignal) => {
      // The order changes with every message, so the pages shown are read anew each time.
      const found = new Map<string, Chat>()
      let cursor: string | undefined
      for (let page = 1; page <= pages.current; page++) {
        const { data, nextCursor } = await api.listChats(cursor, signal)
        for (const chat of data) found.set(chat.id, chat)
        cursor = nextCursor
        if (cursor === undefined) break
      }
      setList([...found.values()])
      setHasMore(cursor !== undefined)
    },
    [api],
  )
  const { error, pollNow } = usePolling(load, 2_000)
  const showMore = useCallback(() => {
    pages.current++
    pollNow()
  }, [pollNow])
  return { list, hasMore, showMore, pollNow, error }
}
