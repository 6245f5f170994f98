import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

interface Measure {
  firstId: string | undefined
  height: number
  clientHeight: number
}

/** So near to the end, in CSS pixels, counts as being there. */
const endZone = 60
/** So near to the beginning older content is asked for. */
const startZone = 600

export interface ScrollBox {
  box: RefObject<HTMLDivElement | null>
  /** Undefined until it is known. */
  isAtEnd: boolean | undefined
  toEnd: () => void
  /** Brings what the selector finds into view. */
  show: (selector: string) => void
}

/**
 * A box that stays at its end when one is there, also when a keyboard makes it smaller, and where one reads when older
 * content comes in above.
 * @param firstId names the first item of the content
 * @param onNearStart called whenever one is near to the beginning
 * @param isSeeking something is about to be shown: until then one is not at the end, though the box begins there
 */
export function useScrollBox(
  firstId: string | undefined,
  onNearStart: () => void,
  isSeeking: boolean,
): ScrollBox {
  const box = useRef<HTMLDivElement>(null)
  const last = useRef<Measure>({ firstId, height: 0, clientHeight: 0 })
  const nearStart = useRef(onNearStart)
  const isPlaced = useRef(!isSeeking)
  const [isAtEnd, setIsAtEnd] = useState<boolean>()

  useLayoutEffect(() => {
    nearStart.current = onNearStart
    if (box.current) last.current = settle(box.current, last.current, firstId)
  })

  useEffect(() => {
    const element = box.current
    if (!element) return
    const look = (): void => {
      if (isPlaced.current) setIsAtEnd(isNearEnd(element))
      if (element.scrollTop < startZone) nearStart.current()
    }
    const observer = new ResizeObserver(() => {
      last.current = settle(element, last.current, last.current.firstId)
      look()
    })
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])

  const toEnd = useCallback(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }, [])

  const show = useCallback((selector: string) => {
    isPlaced.current = true
    box.current?.querySelector(selector)?.scrollIntoView({ block: 'center' })
    if (box.current) setIsAtEnd(isNearEnd(box.current))
  }, [])

  return { box, isAtEnd, toEnd, show }
}

function isNearEnd({ scrollTop, scrollHeight, clientHeight }: Element): boolean {
  return scrollHeight - scrollTop - clientHeight < endZone
}

/** @param last what was measured before the change; scrollTop has not moved with it */
function settle(element: Element, last: Measure, firstId: string | undefined): Measure {
  const { scrollTop, scrollHeight, clientHeight } = element
  const isPrepended = last.firstId !== undefined && last.firstId !== firstId
  if (last.height - scrollTop - last.clientHeight < endZone) element.scrollTop = scrollHeight
  else if (isPrepended) element.scrollTop += scrollHeight - last.height
  return { firstId, height: scrollHeight, clientHeight }
}
