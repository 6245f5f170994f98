import { setTimeout as sleep } from 'node:timers/promises'
import { backOffMs } from '../consul/back-off.ts'
import type { Logger } from '../logger.ts'
import type { LinkPart } from './link.ts'

/** An event on its way out, already encoded. */
export interface Outgoing {
  topic: string
  key: string
  text: string
}

/** Events that wait until the broker has taken them. */
export interface Outbox {
  /** Never throws. When there is no more room, the oldest that waits is dropped. */
  add(event: Outgoing): void
  /** Resolves when nothing waits any more, which may be never. */
  drained(): Promise<void>
  /** Gives up. @returns how many still waited */
  close(): number
}

/** The broker will not take this batch, however often it is sent. */
export class RefusedError extends Error {}

const mostEvents = 10_000
const mostCharacters = 16_000_000
/** A batch is sent as one; these keep it below the 1 MB that Kafka takes at once. */
const mostInBatch = { events: 500, characters: 200_000 }

/**
 * Sends batch after batch, one at a time, so that events stay in order; a batch that fails is sent again, unchanged,
 * until it gets through.
 * @param options.send throws when the broker has not taken the batch; RefusedError when it never will
 * @param options.link is told how sending goes
 */
export function createOutbox(options: {
  send: (batch: readonly Outgoing[]) => Promise<void>
  link: LinkPart
  logger: Logger
}): Outbox {
  const { send, link, logger } = options
  const closing = new AbortController()
  const queue: Outgoing[] = []
  let characters = 0
  let dropped = 0
  let inHand = 0
  let onDrained: (() => void)[] = []
  let running = false

  const takeBatch = (): Outgoing[] => {
    let size = 0
    let count = 0
    for (const { text } of queue) {
      if (count === mostInBatch.events || (count > 0 && size + text.length > mostInBatch.characters)) break
      size += text.length
      count++
    }
    characters -= size
    inHand = count
    return queue.splice(0, count)
  }

  const sendUntilTaken = async (batch: readonly Outgoing[]): Promise<void> => {
    for (let failures = 1; !closing.signal.aborted; failures++) {
      try {
        await send(batch)
        link.up()
        return
      } catch (error) {
        if (closing.signal.aborted) return
        if (error instanceof RefusedError) {
          link.up()
          logger.error({ err: error, events: batch.length }, 'the bus refuses these events: dropped')
          return
        }
        link.down(error)
        await sleep(backOffMs(failures, Math.random), undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }

  const run = async (): Promise<void> => {
    running = true
    // What is published in one go leaves in one batch.
    await Promise.resolve()
    while (queue.length > 0 && !closing.signal.aborted) {
      await sendUntilTaken(takeBatch())
      if (closing.signal.aborted) break
      inHand = 0
      if (dropped > 0) logger.warn({ dropped }, 'events were dropped while the bus was away')
      dropped = 0
    }
    running = false
    for (const resolve of onDrained) resolve()
    onDrained = []
  }

  return {
    add(event) {
      if (closing.signal.aborted) return
      queue.push(event)
      characters += event.text.length
      while (queue.length > mostEvents || characters > mostCharacters) {
        characters -= queue.shift()?.text.length ?? 0
        dropped++
      }
      if (!running) void run()
    },
    drained: () => (running ? new Promise((resolve) => onDrained.push(resolve)) : Promise.resolve()),
    close() {
      const waiting = queue.length + inHand
      closing.abort()
      queue.length = 0
      return waiting
    },
  }
}
