import { connect, type Socket } from 'node:net'
import type { Kafka, LogEntry } from 'kafkajs'
import type { Logger } from '../logger.ts'
import { calmKafkajs } from './calm-kafkajs.ts'

/** Where Kafka is, and who asks. */
export interface KafkaAddress {
  /** host:port of each broker. */
  brokers: string[]
  /** Seen in Kafka's own logs. */
  clientId: string
  logger: Logger
}

/** One use of the library, with connections of its own. */
export interface KafkaClient {
  kafka: Kafka
  partitioner: typeof import('kafkajs').Partitioners.DefaultPartitioner
  /** Ends its connections at once. */
  destroy(): void
}

/** Of each topic. Events are of use for moments, and there are many: Kafka would keep them for a week. */
const settings = {
  numPartitions: 3,
  configEntries: [
    { name: 'retention.ms', value: String(60 * 60 * 1_000) },
    { name: 'segment.ms', value: String(10 * 60 * 1_000) },
  ],
}

/** Opens a client. It connects when it is first asked to do something. */
export async function createKafkaClient({ brokers, clientId, logger }: KafkaAddress): Promise<KafkaClient> {
  // Only now: who has no Kafka need not wait for its library.
  const { default: kafkajs } = await import('kafkajs')
  calmKafkajs()
  const sockets = new Set<Socket>()
  let destroyed = false
  const kafka = new kafkajs.Kafka({
    brokers,
    clientId,
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 },
    // What matters of it the bus says itself, once.
    logLevel: logger.isLevelEnabled('debug') ? kafkajs.logLevel.INFO : kafkajs.logLevel.NOTHING,
    logCreator: () => (entry) => logger.debug(fieldsOf(entry), `kafkajs: ${entry.log.message}`),
    // Our own sockets, as the library waits for answers of a silent broker before it closes its own.
    socketFactory: ({ host, port, onConnect }) => {
      const socket = connect({ host, port, noDelay: true, keepAlive: true }, onConnect)
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      if (destroyed) socket.destroy(new Error('the client was closed'))
      return socket
    },
  })
  return {
    kafka,
    partitioner: kafkajs.Partitioners.DefaultPartitioner,
    destroy() {
      destroyed = true
      // With an error: only then the library lets go of its timers.
      for (const socket of sockets) socket.destroy(new Error('the client was closed'))
    },
  }
}

/**
 * Makes a topic when it is not there.
 * @returns where each partition begins and ends now
 */
export async function prepareTopic(
  { kafka }: KafkaClient,
  topic: string,
): Promise<{ partition: number; low: number; high: number }[]> {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, ...settings }] })
  const offsets = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
}

function fieldsOf({ log }: LogEntry): object {
  const { message: _message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = log
  return fields
}
