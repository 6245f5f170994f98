import type { Message, Producer, TopicMessages } from 'kafkajs'
import { createKafkaClient, type KafkaAddress, type KafkaClient, prepareTopic } from './kafka-client.ts'
import { type Outgoing, RefusedError } from './outbox.ts'

/** Writes batches to Kafka, acknowledged by all replicas. */
export interface KafkaSender {
  /** @throws RefusedError when Kafka will never take it; Error when the broker is away or did not answer */
  send(batch: readonly Outgoing[]): Promise<void>
  /** Lets go of the broker at once; a batch in hand fails. */
  close(): Promise<void>
}

interface Connection {
  client: KafkaClient
  producer: Producer
  prepared: Set<string>
}

/** Errors that sending again cannot mend (Kafka's protocol guide, error codes). */
const refusals = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_RECORD',
])

/** Connects with the first batch, and anew after a batch that failed. */
export function createKafkaSender(address: KafkaAddress): KafkaSender {
  let connection: Connection | undefined
  let closed = false

  const open = async (): Promise<Connection> => {
    const client = await createKafkaClient(address)
    const producer = client.kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      createPartitioner: client.partitioner,
      // Its own repetitions never store a batch twice; a batch that outlived them may be stored again by the next.
      retry: { retries: 3 },
    })
    const opened = { client, producer, prepared: new Set<string>() }
    connection = opened
    if (closed) client.destroy()
    await producer.connect()
    return opened
  }

  const letGo = (): void => {
    const { client, producer } = connection ?? {}
    connection = undefined
    producer?.disconnect().catch(() => {})
    client?.destroy()
  }

  return {
    async send(batch) {
      try {
        const { client, producer, prepared } = connection ?? (await open())
        const topicMessages = toTopicMessages(batch)
        for (const { topic } of topicMessages) {
          if (!prepared.has(topic)) await prepareTopic(client, topic)
          prepared.add(topic)
        }
        await producer.sendBatch({ acks: -1, timeout: 3_000, topicMessages })
      } catch (error) {
        letGo()
        const type = typeOf(error)
        throw refusals.has(type) ? new RefusedError(`Kafka answers ${type}`, { cause: error }) : error
      }
    },

    async close() {
      closed = true
      letGo()
    },
  }
}

function toTopicMessages(batch: readonly Outgoing[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>()
  for (const { topic, key, text } of batch) {
    const messages = byTopic.get(topic)
    if (messages) messages.push({ key, value: text })
    else byTopic.set(topic, [{ key, value: text }])
  }
  return Array.from(byTopic, ([topic, messages]) => ({ topic, messages }))
}

/** Kafka's name of what is wrong, which may lie below the library's own. */
function typeOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('type' in at && typeof at.type === 'string') return at.type
    // Of several topics, one that is refused.
    if ('errors' in at && Array.isArray(at.errors)) return typeOf(at.errors[0])
  }
  return ''
}
