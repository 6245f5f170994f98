import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'
import { useConnection } from '../session/use-connection.ts'

/**
 * Tells that one has read up to a place, and answers by how many others a message was read.
 * @param shownSeq up to where it is shown; undefined while one looks elsewhere
 */
export function useReadMarks(cid: string, shownSeq: number | undefined): (seq: number) => number {
  const { api, live, me, signals } = useSession()
  const { phase } = useConnection()
  const isVisible = useSyncExternalStore(onVisibility, () => document.visibilityState === 'visible')
  useSyncExternalStore(signals.subscribe, signals.version)
  const told = useRef({ phase, seq: 0 })

  const { data } = useQuery({
    queryKey: queryKeys.readMarks(cid),
    queryFn: ({ signal }) => api.readMarks(cid, signal),
  })
  useEffect(() => {
    for (const { uid, seq } of data ?? []) signals.takeReadMark(cid, uid, seq)
  }, [data, signals, cid])

  const ownSeq = data?.find(({ uid }) => uid === me)?.seq
  useEffect(() => {
    // After a reconnection it is told again: whether the last word got through is not known.
    if (told.current.phase !== phase) told.current = { phase, seq: 0 }
    if (!isVisible || shownSeq === undefined || phase !== 'live') return
    const known = Math.max(told.current.seq, signals.readSeqs(cid).get(me) ?? 0, ownSeq ?? 0)
    if (shownSeq > known && live.send({ type: 'read', cid, seq: shownSeq })) told.current.seq = shownSeq
  }, [cid, isVisible, live, me, ownSeq, phase, shownSeq, signals])

  const marks = signals.readSeqs(cid)
  return useCallback(
    (seq) => [...marks].filter(([uid, upTo]) => uid !== me && upTo >= seq).length,
    [marks, me],
  )
}

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}
