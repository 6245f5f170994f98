import { useCallback, useEffect, useRef, useState } from 'react'
import { messageOf } from './message-of.ts'

export interface Polling {
  /** Why the last round failed, if it did. */
  error: string | undefined
  /** Does not wait for the next round. */
  pollNow: () => void
}

/**
 * Runs the task now and then again `intervalMs` after each end; more seldom while it fails, not while the page is
 * hidden, never twice at once.
 */
export function usePolling(task: (signal: AbortSignal) => Promise<void>, intervalMs: number): Polling {
  const [error, setError] = useState<string>()
  const now = useRef(() => {})

  useEffect(() => {
    const controller = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let isRunning = false
    let isAskedAgain = false
    let failures = 0

    const run = async (): Promise<void> => {
      clearTimeout(timer)
      if (isRunning) {
        isAskedAgain = true
        return
      }
      isRunning = true
      try {
        await task(controller.signal)
        failures = 0
        if (!controller.signal.aborted) setError(undefined)
      } catch (failure) {
        failures++
        if (!controller.signal.aborted) setError(messageOf(failure))
      }
      isRunning = false
      if (controller.signal.aborted) return
      timer = setTimeout(tick, isAskedAgain ? 0 : intervalMs * Math.min(2 ** failures, 8))
      isAskedAgain = false
    }
    const tick = (): void => {
      if (document.hidden) timer = setTimeout(tick, intervalMs)
      else void run()
    }
    now.current = () => void run()
    void run()
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [task, intervalMs])

  return { error, pollNow: useCallback(() => now.current(), []) }
}
