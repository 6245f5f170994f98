import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'
import { emptyHistory, type TopologyHistory, withLook } from './topology-history.ts'

const lookMs = 1_000

/** The nodes as they are, and as they were since this page was opened. */
export function useTopology(): { history: TopologyHistory; error: Error | null } {
  const { api } = useSession()
  const [history, setHistory] = useState(emptyHistory)
  const { data, dataUpdatedAt, error } = useQuery({
    queryKey: queryKeys.topology,
    queryFn: ({ signal }) => api.topology(signal),
    refetchInterval: lookMs,
    staleTime: 0,
    // An answer of an earlier visit to this page says nothing of now.
    gcTime: 0,
    retry: false,
    // Each look counts, also one that is like the last.
    structuralSharing: false,
  })
  useEffect(() => {
    if (data) setHistory((now) => withLook(now, data, dataUpdatedAt))
  }, [data, dataUpdatedAt])
  return { history, error }
}
