import { useEffect, useRef } from 'react'
import { useText } from '../text/language.tsx'

export interface LoadMoreProps {
  hasMore: boolean
  isLoading: boolean
  /** The last attempt failed: it is not made again unasked. */
  hasFailed?: boolean
  onLoad: () => void
  label: string
}

/** The end of a list that goes on: it loads when one comes near, or when it is pressed. */
export function LoadMore({ hasMore, isLoading, hasFailed = false, onLoad, label }: LoadMoreProps) {
  const text = useText()
  const place = useRef<HTMLDivElement>(null)
  const load = useRef(onLoad)
  useEffect(() => {
    load.current = onLoad
  })
  const isWaiting = hasMore && !isLoading && !hasFailed

  useEffect(() => {
    const element = place.current
    if (!isWaiting || !element) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) load.current()
      },
      { rootMargin: '400px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [isWaiting])

  return (
    <div className="load-more" ref={place}>
      {hasMore && (
        <button type="button" className="link" disabled={isLoading} onClick={onLoad}>
          {isLoading ? text.loading : label}
        </button>
      )}
    </div>
  )
}
