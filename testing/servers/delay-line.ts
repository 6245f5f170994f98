/** Hands things on in the order they came, each no sooner than its delay. */
export interface DelayLine<T> {
  push(item: T, delayMs: number): void
  /** Hands on at once all that wait. */
  flush(): void
  /** Forgets what waits, and says how many that were. */
  drop(): number
}

export function createDelayLine<T>(deliver: (item: T) => void): DelayLine<T> {
  const waiting: { due: number; item: T }[] = []
  let timer: NodeJS.Timeout | undefined
  const deliverUntil = (time: number): void => {
    clearTimeout(timer)
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (next.due > time) {
        timer = setTimeout(() => deliverUntil(performance.now()), next.due - time)
        return
      }
      waiting.shift()
      deliver(next.item)
    }
  }
  return {
    push(item, delayMs) {
      const now = performance.now()
      waiting.push({ due: now + delayMs, item })
      deliverUntil(now)
    },
    flush: () => deliverUntil(Number.POSITIVE_INFINITY),
    drop() {
      clearTimeout(timer)
      return waiting.splice(0).length
    },
  }
}
