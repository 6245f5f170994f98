import type { Logger } from '../logger.ts'
import type { Bus } from './bus.ts'
import { encodeEvent } from './event-wire.ts'
import { createLink, type LinkPart } from './link.ts'
import { createListeners, type Listeners } from './listeners.ts'
import { createOutbox, type Outgoing } from './outbox.ts'
import { settleWithin } from './settle-within.ts'

/** What carries events between processes. */
export interface Carrier {
  /** Resolves when the broker has taken the batch. */
  send(batch: readonly Outgoing[]): Promise<void>
  /** Begins to follow a topic, unless it does already. Never throws and never waits. */
  follow(topic: string): void
  /** Lets go of the broker at once. */
  close(): Promise<void>
}

/** What a carrier reports to. */
export interface CarrierReports {
  listeners: Listeners
  /** One for each part that uses the broker by itself. */
  newLinkPart(): LinkPart
}

/** The part of a bus that is the same whatever carries the events: waiting, listening, health, and its end. */
export function createBus(options: { logger: Logger; carry: (reports: CarrierReports) => Carrier }): Bus {
  const { logger, carry } = options
  const link = createLink(logger)
  const listeners = createListeners(logger)
  const carrier = carry({ listeners, newLinkPart: () => link.part() })
  const outbox = createOutbox({ send: (batch) => carrier.send(batch), link: link.part(), logger })

  return {
    publish(topic, event) {
      try {
        outbox.add({ topic, key: event.key, text: encodeEvent(event) })
      } catch (error) {
        logger.error({ err: error, topic, event: event.name }, 'this event cannot be sent')
      }
    },

    subscribe(topic, onEvent, handlers) {
      const subscription = listeners.add(topic, onEvent, handlers)
      carrier.follow(topic)
      return subscription
    },

    get healthy() {
      return listeners.brokenTopics.length === 0
    },

    get trouble() {
      const broken = listeners.brokenTopics
      return broken.length === 0
        ? undefined
        : `the live subscription is broken: no events of ${broken.join(', ')} arrive`
    },

    async close(withinMs) {
      const end = performance.now() + withinMs
      listeners.clear()
      await settleWithin(withinMs, outbox.drained())
      const unsent = outbox.close()
      if (unsent > 0) logger.warn({ unsent }, 'closed the bus with events unsent')
      await settleWithin(end - performance.now(), carrier.close())
    },
  }
}
