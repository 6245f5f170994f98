import type { Logger } from '../logger.ts'
import type { BusEvent, Subscription, SubscriptionHandlers } from './bus.ts'
import { readEvent } from './event-wire.ts'

/** Those who listen in this process. */
export interface Listeners {
  add(topic: string, onEvent: (event: BusEvent) => void, handlers?: SubscriptionHandlers): Subscription
  /** Gives them what came; what is no event is dropped, and the first such of a topic is logged. */
  deliver(topic: string, value: unknown): void
  /** From now on all events of the topic arrive. */
  stand(topic: string): void
  /** Events of the topic do not arrive. */
  broke(topic: string): void
  /** Events of the topic were lost, though they arrive again already. */
  missed(topic: string): void
  /** Whether somebody waits for the events of the topic now. */
  isWanted(topic: string): boolean
  /** Topics that somebody listens to and that do not arrive. */
  readonly brokenTopics: string[]
  /** Nobody is told anything any more. */
  clear(): void
}

interface Listener {
  onEvent: (event: BusEvent) => void
  handlers: SubscriptionHandlers
  wasReady: boolean
}

interface TopicListeners {
  stands: boolean
  toldOfMalformed: boolean
  listeners: Set<Listener>
}

export function createListeners(logger: Logger): Listeners {
  const topics = new Map<string, TopicListeners>()
  const topicOf = (name: string): TopicListeners => {
    const known = topics.get(name)
    if (known) return known
    const fresh = { stands: false, toldOfMalformed: false, listeners: new Set<Listener>() }
    topics.set(name, fresh)
    return fresh
  }
  const guard = (topic: string, work: (() => void) | undefined): void => {
    try {
      work?.()
    } catch (error) {
      // One listener's fault is not the others', and must not end the subscription.
      logger.error({ err: error, topic }, 'a listener of the bus failed')
    }
  }
  const tell = (topic: string, listener: Listener): void => {
    const { onReady, onBreak } = listener.handlers
    const first = !listener.wasReady
    listener.wasReady = true
    guard(topic, first ? onReady : onBreak)
  }

  return {
    add(name, onEvent, handlers = {}) {
      const topic = topicOf(name)
      const listener: Listener = { onEvent, handlers, wasReady: false }
      topic.listeners.add(listener)
      if (topic.stands) {
        queueMicrotask(() => {
          if (topic.stands && !listener.wasReady && topic.listeners.has(listener)) tell(name, listener)
        })
      }
      return {
        get healthy() {
          return topic.stands && topic.listeners.has(listener)
        },
        close: () => void topic.listeners.delete(listener),
      }
    },

    deliver(name, value) {
      const topic = topicOf(name)
      const event = readEvent(value)
      if (event) {
        for (const { onEvent } of topic.listeners) guard(name, () => onEvent(event))
      } else if (!topic.toldOfMalformed) {
        topic.toldOfMalformed = true
        logger.warn({ topic: name }, 'dropped what came over the bus and is no event; further ones go untold')
      }
    },

    stand(name) {
      const topic = topicOf(name)
      topic.stands = true
      for (const listener of topic.listeners) tell(name, listener)
    },

    broke(name) {
      topicOf(name).stands = false
    },

    missed(name) {
      for (const { handlers } of topicOf(name).listeners) guard(name, handlers.onBreak)
    },

    isWanted(name) {
      const { listeners } = topicOf(name)
      return [...listeners].some(({ handlers }) => handlers.isWanted?.() ?? true)
    },

    get brokenTopics() {
      return [...topics].flatMap(([name, { stands, listeners }]) =>
        listeners.size > 0 && !stands ? [name] : [],
      )
    },

    clear() {
      for (const topic of topics.values()) {
        topic.stands = false
        topic.listeners.clear()
      }
    },
  }
}
