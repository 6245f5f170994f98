import type { Bus, BusEvent, SubscriptionHandlers } from '@roundtable/common/bus/bus'

interface Listener extends SubscriptionHandlers {
  topic: string
  onEvent: (event: BusEvent) => void
}

/** A bus of one process. What `mangle` makes of an event is what each listener gets, one after the other. */
export function createMemoryBus(mangle: (event: BusEvent) => BusEvent[] = (event) => [event]) {
  const listeners = new Set<Listener>()
  const state = { trouble: undefined as string | undefined }
  const bus: Pick<Bus, 'publish' | 'subscribe' | 'trouble'> = {
    publish(topic, event) {
      // As over a network: nobody gets the very object.
      const text = JSON.stringify(event)
      for (const listener of listeners) {
        if (listener.topic === topic) for (const one of mangle(JSON.parse(text))) listener.onEvent(one)
      }
    },
    subscribe(topic, onEvent, handlers = {}) {
      const listener = { topic, onEvent, ...handlers }
      listeners.add(listener)
      return {
        get healthy() {
          return state.trouble === undefined
        },
        close: () => void listeners.delete(listener),
      }
    },
    get trouble() {
      return state.trouble
    },
  }
  return {
    bus,
    setTrouble(trouble: string | undefined) {
      state.trouble = trouble
    },
    /** As when a subscription stands for the first time. */
    announceReady() {
      for (const { onReady } of listeners) onReady?.()
    },
    /** As after an outage in which events were lost. */
    announceBreak() {
      for (const { onBreak } of listeners) onBreak?.()
    },
  }
}
