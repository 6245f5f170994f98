import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'

interface Measure {
  firstId: string | undefined
  height: number
  clientHeight: number
}

/** So near to the end, in CSS pixels, counts as being there. */
const endZone = 60

/**
 * A box that stays at its end when one is there, also when a keyboard makes it smaller, and where one reads when older
 * content comes in above.
 * @param firstId names the first item of the content
 */
export function useScrollBox(firstId: string | undefined): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null)
  const last = useRef<Measure>({ firstId, height: 0, clientHeight: 0 })

  useLayoutEffect(() => {
    if (box.current) last.current = settle(box.current, last.current, firstId)
  })

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry) last.current = settle(entry.target, last.current, last.current.firstId)
    })
    if (box.current) observer.observe(box.current)
    return () => observer.disconnect()
  }, [])

  return box
}

/** @param last what was measured before the change; scrollTop has not moved with it */
function settle(element: Element, last: Measure, firstId: string | undefined): Measure {
  const { scrollTop, scrollHeight, clientHeight } = element
  const isPrepended = last.firstId !== undefined && last.firstId !== firstId
  if (last.height - scrollTop - last.clientHeight < endZone) element.scrollTop = scrollHeight
  else if (isPrepended) element.scrollTop += scrollHeight - last.height
  return { firstId, height: scrollHeight, clientHeight }
}
