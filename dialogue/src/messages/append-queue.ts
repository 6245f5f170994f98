import type { Message, NewMessage } from '@roundtable/common/dialogue-wire'
import { outcomeUnknown, storeAway } from '../refusals.ts'

/** A message on its way into the log. The first of resolve and reject counts. */
export interface Append {
  message: NewMessage
  resolve(stored: Message): void
  reject(error: unknown): void
}

export interface AppendQueueOptions {
  /** Puts the messages into the log of one chat, in this order, and settles each of them. It never rejects. */
  flight(cid: string, batch: readonly Append[]): Promise<void>
  /** Most messages of one flight. */
  maxBatch: number
  /** Longest time a caller waits. */
  timeoutMs: number
}

/**
 * One flight a chat at a time: what comes meanwhile waits and goes together in the next. So the messages of one node
 * never clash with each other, and the more are waiting the fewer writes each costs. A chat at rest holds no memory.
 */
export function createAppendQueue({ flight, maxBatch, timeoutMs }: AppendQueueOptions) {
  const waitingByChat = new Map<string, Append[]>()

  async function pump(cid: string, waiting: Append[]): Promise<void> {
    while (waiting.length > 0) await flight(cid, waiting.splice(0, maxBatch))
    waitingByChat.delete(cid)
  }

  return {
    /** @throws AppError 5032 when its turn did not come in time; 5031 when its flight did not end in time */
    append(message: NewMessage): Promise<Message> {
      return new Promise<Message>((resolve, reject) => {
        const timer = setTimeout(giveUp, timeoutMs)
        const append: Append = {
          message,
          resolve: (stored) => {
            clearTimeout(timer)
            resolve(stored)
          },
          reject: (error) => {
            clearTimeout(timer)
            reject(error)
          },
        }
        function giveUp(): void {
          const waiting = waitingByChat.get(message.cid) ?? []
          const place = waiting.indexOf(append)
          if (place < 0) {
            reject(outcomeUnknown(new Error(`not stored within ${timeoutMs} ms`)))
          } else {
            waiting.splice(place, 1)
            reject(storeAway(new Error(`waited ${timeoutMs} ms for its turn`)))
          }
        }
        const waiting = waitingByChat.get(message.cid)
        if (waiting) {
          waiting.push(append)
          return
        }
        const first = [append]
        waitingByChat.set(message.cid, first)
        void pump(message.cid, first)
      })
    },
  }
}
