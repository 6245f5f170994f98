import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Chat, Page } from '../api/types.ts'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'

export interface Chats {
  /** Latest activity first; undefined until the first answer. */
  chats: Chat[] | undefined
  error: Error | null
  hasMore: boolean
  isLoadingMore: boolean
  loadMore: () => void
  tryAgain: () => void
}

/** The user's chats, kept up to date by the live socket. */
export function useChats(): Chats {
  const { api } = useSession()
  const query = useInfiniteQuery({
    queryKey: queryKeys.chats,
    queryFn: ({ pageParam, signal }) => api.listChats({ cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }: Page<Chat>) => nextCursor,
  })
  const { data, fetchNextPage } = query
  const chats = useMemo(() => data && distinct(data.pages.flatMap((page) => page.data)), [data])
  return {
    chats,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void fetchNextPage(),
    tryAgain: () => void query.refetch(),
  }
}

/** One that became active while pages were loaded is in two of them. */
function distinct(chats: readonly Chat[]): Chat[] {
  const seen = new Set<string>()
  return chats.filter(({ id }) => !seen.has(id) && seen.add(id))
}
