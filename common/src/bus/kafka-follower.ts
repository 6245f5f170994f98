import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EachBatchPayload } from 'kafkajs'
import { backOffMs } from '../consul/back-off.ts'
import { createKafkaClient, type KafkaAddress, type KafkaClient, prepareTopic } from './kafka-client.ts'
import { createPositions, type Positions } from './kafka-positions.ts'
import { settleWithin } from './settle-within.ts'

export interface KafkaFollowerOptions {
  address: KafkaAddress
  topic: string
  /** What a message holds, in the order of its partition. */
  onText(text: string): void
  /** From now on everything arrives. */
  onStand(): void
  /** Nothing arrives; it is tried again by itself. */
  onBroke(error: unknown): void
  /** What lay between two messages is gone. */
  onMissed(): void
  /** Whether somebody waits for it; if not, what comes within half a second may come together. */
  isWanted(): boolean
}

/** How long Kafka holds an empty answer back, in ms: what comes meanwhile is answered at once. */
const waitMs = 2_000
/** Pause between two answers while nobody waits for them, in ms. */
const unwantedMs = 500
const heartbeatMs = 2_000
/** No sign of life for so long is the end. */
const longestSilenceMs = 10_000
/** Kafka makes its own topic for groups with the first of them. */
const longestStartMs = 30_000
const leaveWithinMs = 300

/**
 * Reads all partitions of a topic from now on, for as long as it is not closed. It is alone in a consumer group that is
 * made anew with each connection, and stores no offsets: each process gets everything, and no start waits until
 * Kafka has noticed that an earlier member of the group is dead.
 */
export function followKafkaTopic(options: KafkaFollowerOptions): { close(): Promise<void> } {
  const { address, onBroke } = options
  const closing = new AbortController()
  const positions = createPositions()

  const follow = async (): Promise<void> => {
    let failures = 0
    const onStand = (): void => {
      failures = 0
      options.onStand()
    }
    while (!closing.signal.aborted) {
      const client = await createKafkaClient(address)
      try {
        await readUntilItEnds(client, { ...options, onStand }, positions, closing.signal)
      } catch (error) {
        if (closing.signal.aborted) return
        onBroke(error)
        failures++
      } finally {
        client.destroy()
      }
      await sleep(backOffMs(failures, Math.random), undefined, { signal: closing.signal }).catch(() => {})
    }
  }

  const followed = follow()
  return {
    async close() {
      closing.abort(new Error('the bus was closed'))
      await followed
    },
  }
}

/** @throws Error saying why it ended: it never ends well */
async function readUntilItEnds(
  client: KafkaClient,
  options: KafkaFollowerOptions,
  positions: Positions,
  closing: AbortSignal,
): Promise<never> {
  const { topic, onStand } = options
  const consumer = client.kafka.consumer({
    groupId: `${options.address.clientId}-${topic}-${randomUUID()}`,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: waitMs,
    heartbeatInterval: heartbeatMs,
    retry: { retries: 1, restartOnFailure: async () => false },
  })
  const end = new AbortController()
  const ended = new Promise<never>((_, reject) => {
    end.signal.addEventListener('abort', () => reject(end.signal.reason))
  })
  ended.catch(() => {})
  const close = (): void => end.abort(closing.reason)
  closing.addEventListener('abort', close)
  if (closing.aborted) close()

  let joined = false
  const heard = { fetch: performance.now(), heartbeat: performance.now() }
  // The library is known to stop reading in silence now and then.
  const watch = setInterval(() => {
    const silence = performance.now() - Math.min(heard.fetch, heard.heartbeat)
    if (silence > (joined ? longestSilenceMs : longestStartMs)) end.abort(new Error('Kafka is silent'))
  }, 1_000)
  consumer.on('consumer.fetch', () => {
    heard.fetch = performance.now()
  })
  consumer.on('consumer.heartbeat', () => {
    heard.heartbeat = performance.now()
  })
  consumer.on('consumer.crash', ({ payload }) => end.abort(payload.error))
  consumer.on('consumer.group_join', () => {
    // Joining again it would go on at the end, past what came meanwhile.
    if (joined) end.abort(new Error('Kafka ended the membership of its group'))
    joined = true
    heard.fetch = heard.heartbeat = performance.now()
    for (const [partition, offset] of positions.all())
      consumer.seek({ topic, partition, offset: String(offset) })
  })

  const start = async (): Promise<void> => {
    for (const { partition, ...kept } of await prepareTopic(client, topic)) positions.resume(partition, kept)
    await consumer.connect()
    await consumer.subscribe({ topic })
    await consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => {
        if (!end.signal.aborted) handOn(payload, options, positions)
        if (!options.isWanted()) await sleep(unwantedMs, undefined, { signal: end.signal }).catch(() => {})
      },
    })
    // That the group could not be joined is told by a crash only.
    if (joined && !end.signal.aborted) onStand()
  }
  try {
    await Promise.race([start(), ended])
    return await ended
  } finally {
    clearInterval(watch)
    closing.removeEventListener('abort', close)
    end.abort(new Error('it has ended'))
    await settleWithin(leaveWithinMs, consumer.disconnect())
  }
}

function handOn(
  { batch }: EachBatchPayload,
  { onText, onMissed }: KafkaFollowerOptions,
  positions: Positions,
): void {
  for (const { offset, value } of batch.messages) {
    const { isNew, missed } = positions.take(batch.partition, Number(offset))
    if (missed) onMissed()
    if (isNew) onText(value?.toString() ?? '')
  }
}
