import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import type { User } from '../api/types.ts'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'
import { distinctUsers, findUsers } from './find-users.ts'

export interface FoundUsers {
  /** Undefined until the first answer. */
  users: User[] | undefined
  error: Error | null
  hasMore: boolean
  isLoadingMore: boolean
  loadMore: () => void
  tryAgain: () => void
}

/** Users that a text finds, or with `friends` those whom one follows. */
export function useFoundUsers(words: string, what: 'all' | 'friends' = 'all'): FoundUsers {
  const { api, people } = useSession()
  const query = useInfiniteQuery({
    queryKey: queryKeys.users(what, words),
    queryFn: ({ pageParam, signal }) =>
      what === 'friends'
        ? api.listFriends({ cursor: pageParam, signal })
        : findUsers(api, words, { cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
  const { data, fetchNextPage } = query
  const users = useMemo(() => data && distinctUsers(data.pages), [data])
  useEffect(() => people.learn(users ?? []), [people, users])
  return {
    users,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void fetchNextPage(),
    tryAgain: () => void query.refetch(),
  }
}
