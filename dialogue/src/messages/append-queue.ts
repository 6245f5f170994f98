import { outcomeUnknown, storeAway } from '../refusals.ts'

/** An entry on its way into the log of its chat. The first of resolve and reject counts. */
export interface Append<New, Stored> {
  entry: New
  resolve(stored: Stored): void
  reject(error: unknown): void
}

export interface AppendQueueOptions<New, Stored> {
  /** Puts the entries into the log of one chat, in this order, and settles each of them. It never rejects. */
  flight(cid: string, batch: readonly Append<New, Stored>[]): Promise<void>
  /** Most entries of one flight. */
  maxBatch: number
  /** Longest time a caller waits. */
  timeoutMs: number
}

/**
 * One flight a chat at a time: what comes meanwhile waits and goes together in the next. So the entries of one node
 * never clash with each other, and the more are waiting the fewer writes each costs. A chat at rest holds no memory.
 */
export function createAppendQueue<New extends { cid: string }, Stored>({
  flight,
  maxBatch,
  timeoutMs,
}: AppendQueueOptions<New, Stored>) {
  const waitingByChat = new Map<string, Append<New, Stored>[]>()

  async function pump(cid: string, waiting: Append<New, Stored>[]): Promise<void> {
    while (waiting.length > 0) await flight(cid, waiting.splice(0, maxBatch))
    waitingByChat.delete(cid)
  }

  return {
    /** @throws AppError 5032 when its turn did not come in time; 5031 when its flight did not end in time */
    append(entry: New): Promise<Stored> {
      return new Promise<Stored>((resolve, reject) => {
        const timer = setTimeout(giveUp, timeoutMs)
        const append: Append<New, Stored> = {
          entry,
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
          const waiting = waitingByChat.get(entry.cid) ?? []
          const place = waiting.indexOf(append)
          if (place < 0) {
            reject(outcomeUnknown(new Error(`not stored within ${timeoutMs} ms`)))
          } else {
            waiting.splice(place, 1)
            reject(storeAway(new Error(`waited ${timeoutMs} ms for its turn`)))
          }
        }
        const waiting = waitingByChat.get(entry.cid)
        if (waiting) {
          waiting.push(append)
          return
        }
        const first = [append]
        waitingByChat.set(entry.cid, first)
        void pump(entry.cid, first)
      })
    },
  }
}
