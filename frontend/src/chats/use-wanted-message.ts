import { useEffect, useRef } from 'react'
import type { LogView } from './chat-logs.ts'

/**
 * Brings a message into view that was asked for by its seq, loading older ones until it is there.
 * @param show scrolls to what a selector finds
 */
export function useWantedMessage(
  { log, isLoadingOlder }: LogView,
  seq: number | undefined,
  loadOlder: () => void,
  show: (selector: string) => void,
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
    show(`[data-seq="${seq}"]`)
  }, [log, isLoadingOlder, seq, loadOlder, show])
}
