import type { Logger } from '../logger.ts'
import { type Carrier, type CarrierReports, createBus } from './base-bus.ts'
import type { Bus } from './bus.ts'
import { parseJson } from './event-wire.ts'
import { createLocalConnection } from './local-connection.ts'
import { ServerLine, toEventLine, toLine } from './local-wire.ts'
import type { Outgoing } from './outbox.ts'

/** Events through the local bus process (tools/src/local-bus) that listens on this port of this machine. */
export function openLocalBus(options: { port: number; logger: Logger }): Bus {
  const { port, logger } = options
  return createBus({ logger, carry: (reports) => createLocalCarrier(port, reports) })
}

function createLocalCarrier(port: number, { listeners, newLinkPart }: CarrierReports): Carrier {
  const link = newLinkPart()
  const topics = new Set<string>()
  let isOpen = false
  let lastSync = 0
  /** The batch in hand, once there is one: the outbox sends one at a time. */
  let inHand: { lines: string; sync: number; resolve: () => void; reject: (error: Error) => void } | undefined

  const hear = (message: ServerLine): void => {
    if (message.op === 'event') listeners.deliver(message.topic, message.event)
    else if (message.op === 'subscribed') listeners.stand(message.topic)
    else if (message.id === inHand?.sync) {
      inHand.resolve()
      inHand = undefined
    }
  }

  const connection = createLocalConnection({
    port,
    onOpen() {
      isOpen = true
      link.up()
      for (const topic of topics) connection.write(toLine({ op: 'subscribe', topic }))
      if (inHand) connection.write(inHand.lines)
    },
    onLine(line) {
      const { data } = ServerLine.safeParse(parseJson(line))
      if (data) hear(data)
    },
    onLook: () => connection.write(toLine({ op: 'sync', id: ++lastSync })),
    onLost(error) {
      isOpen = false
      link.down(error)
      for (const topic of topics) listeners.broke(topic)
    },
  })

  return {
    send: (batch: readonly Outgoing[]) =>
      new Promise((resolve, reject) => {
        const sync = ++lastSync
        const events = batch.map(({ topic, text }) => toEventLine(topic, text)).join('')
        inHand = { lines: events + toLine({ op: 'sync', id: sync }), sync, resolve, reject }
        connection.open()
        if (isOpen) connection.write(inHand.lines)
      }),

    follow(topic) {
      connection.open()
      if (topics.has(topic)) return
      topics.add(topic)
      if (isOpen) connection.write(toLine({ op: 'subscribe', topic }))
    },

    async close() {
      connection.close()
      inHand?.reject(new Error('the bus was closed'))
    },
  }
}
