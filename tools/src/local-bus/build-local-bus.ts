import { createServer, type Server, type Socket } from 'node:net'
import { parseJson } from '@roundtable/common/bus/event-wire'
import { ClientLine, createLineReader, toLine } from '@roundtable/common/bus/local-wire'
import type { Logger } from '@roundtable/common/logger'

/** Bytes that may wait for a client that does not read; it is cut off then, and has to compare with the store. */
const mostWaiting = 16_000_000

/** A local bus: all events go to all who subscribed to their topic. It keeps nothing, and does not listen. */
export function buildLocalBus({ logger }: { logger: Logger }): {
  server: Server
  close: () => Promise<void>
} {
  const subscribers = new Map<string, Set<Socket>>()
  const clients = new Set<Socket>()

  const send = (client: Socket, text: string): void => {
    client.write(text)
    if (client.writableLength > mostWaiting) client.destroy(new Error('the client does not read'))
  }

  const hear = (client: Socket, line: string): void => {
    const { data: said } = ClientLine.safeParse(parseJson(line))
    if (!said) {
      // A page in a browser can send a request here, with lines of the bus in its body.
      client.destroy(new Error('it does not speak as the bus does'))
    } else if (said.op === 'event') {
      for (const subscriber of subscribers.get(said.topic) ?? []) send(subscriber, `${line}\n`)
    } else if (said.op === 'subscribe') {
      subscribers.set(said.topic, (subscribers.get(said.topic) ?? new Set()).add(client))
      send(client, toLine({ op: 'subscribed', topic: said.topic }))
    } else send(client, toLine({ op: 'synced', id: said.id }))
  }

  const server = createServer({ noDelay: true }, (client) => {
    clients.add(client)
    client.setEncoding('utf8')
    const read = createLineReader((line) => hear(client, line))
    client.on('data', (text: string) => {
      // Many lines that come together go on together.
      for (const each of clients) each.cork()
      try {
        read(text)
      } catch (error) {
        client.destroy(error instanceof Error ? error : new Error(String(error)))
      }
      for (const each of clients) each.uncork()
    })
    client.on('error', (error) => logger.warn({ reason: error.message }, 'lost a client'))
    client.on('close', () => {
      clients.delete(client)
      for (const topic of subscribers.values()) topic.delete(client)
    })
  })

  return {
    server,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const client of clients) client.destroy()
      await closed
    },
  }
}
