import { type RefObject, useEffect, useRef } from 'react'
import type { LogView } from './chat-logs.ts'

/** Brings a message into view that was asked for by its seq, loading older ones until it is there. */
export function useWantedMessage(
  box: RefObject<HTMLElement | null>,
  { log, isLoadingOlder }: LogView,
  seq: number | undefined,
  loadOlder: () => void,
): void {
  const shown = useRef<number>(undefined)
  useEffect(() => {
    if (seq === undefined || !log || shown.current === seq || isLoadingOlder) return
    const isHere = (log.shown[0]?.seq ?? 0) <= seq
    if (!isHere && log.hasOlder) {
      loadOlder()
      return
    }
    shown.current = seq
    box.current?.querySelector(`[data-seq="${seq}"]`)?.scrollIntoView({ block: 'center' })
  }, [box, log, isLoadingOlder, seq, loadOlder])
}
