import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'
import { countReaders } from './count-readers.ts'

/**
 * Tells that one has read up to a place, and answers by how many others a message was read.
 * @param shownSeq up to where it is shown; undefined while one looks elsewhere
 */
export function useReadMarks(
  cid: string,
  shownSeq: number | undefined,
  users: readonly number[],
): (seq: number) => number {
  const { api, me, readMarker, signals } = useSession()
  const isVisible = useSyncExternalStore(onVisibility, () => document.visibilityState === 'visible')
  useSyncExternalStore(signals.subscribe, signals.version)

  const { data, isPending } = useQuery({
    queryKey: queryKeys.readMarks(cid),
    queryFn: ({ signal }) => api.readMarks(cid, signal),
  })
  useEffect(() => {
    for (const { uid, seq } of data ?? []) signals.takeReadMark(cid, uid, seq)
  }, [data, signals, cid])

  const isReading = isVisible && shownSeq !== undefined
  useEffect(() => (isReading ? readMarker.watch(cid) : undefined), [cid, isReading, readMarker])

  const ownSeq = data?.find(({ uid }) => uid === me)?.seq
  useEffect(() => {
    if (!isReading || isPending) return
    const known = Math.max(signals.readSeqs(cid).get(me) ?? 0, ownSeq ?? 0)
    if (shownSeq > known) readMarker.tell(cid, shownSeq)
  }, [cid, isPending, isReading, me, ownSeq, readMarker, shownSeq, signals])

  const marks = signals.readSeqs(cid)
  return useCallback((seq) => countReaders(marks, users, me, seq), [marks, users, me])
}

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}
