import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { storeAway } from '../refusals.ts'

/** Writes of one transaction at most. */
const maxBatch = 100
/** How often the lock is asked for while another process has it, in ms. */
const askEveryMs = 1
/** Pause after a transaction while more is waiting: longer than others take to ask for the lock again. */
const letInMs = 2

/** The file that is written to. All of it is synchronous. */
export interface WriteLock {
  /**
   * @returns whether this process holds the lock now, in a transaction that is open
   * @throws AppError 5032
   */
  tryBegin(): boolean
  /**
   * Does the work, or nothing of it when it throws. The transaction stays open unless it is {@link isLost}.
   * @throws what the work throws; AppError 5032 when the file cannot be used
   */
  attempt<T>(work: () => T): T
  /** The file's library has undone the whole transaction. */
  readonly isLost: boolean
  /** @throws AppError 5031 when it may have been committed, 5032 when it surely was not */
  commit(): void
}

interface Write {
  work: () => unknown
  /** When it has waited long enough, in ms of performance.now(). */
  until: number
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}

/**
 * Writes wait here for the lock of a file that other processes write to as well, without holding up this one, and those
 * that have come meanwhile go into one transaction: the disk is flushed once for all of them.
 * @param patienceMs how long a write may wait for the lock
 */
export function createWriteQueue(lock: WriteLock, patienceMs: number) {
  const waiting: Write[] = []
  let pumping = false

  async function pump(): Promise<void> {
    // What else has arrived in this turn goes together.
    await turn()
    for (;;) {
      for (let one = waiting[0]; one && one.until < performance.now(); one = waiting[0]) {
        one.reject(storeAway(new Error(`another process wrote for ${patienceMs} ms`)))
        waiting.shift()
      }
      if (waiting.length === 0) break
      if (!hasBegun()) {
        await sleep(askEveryMs)
        continue
      }
      commit(waiting.splice(0, maxBatch))
      if (waiting.length > 0) await sleep(letInMs)
    }
    pumping = false
  }

  function hasBegun(): boolean {
    try {
      return lock.tryBegin()
    } catch (error) {
      for (const { reject } of waiting.splice(0)) reject(error)
      return false
    }
  }

  function commit(batch: readonly Write[]): void {
    const settled: (() => void)[] = []
    try {
      for (const { work, resolve, reject } of batch) {
        try {
          const result = lock.attempt(work)
          settled.push(() => resolve(result))
        } catch (error) {
          if (lock.isLost) throw error
          settled.push(() => reject(error))
        }
      }
      lock.commit()
      for (const settle of settled) settle()
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  return {
    /** @throws what the work throws; AppError 5032 when nothing was written, 5031 when it may have been */
    write<T>(work: () => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const until = performance.now() + patienceMs
        waiting.push({ work, until, resolve: resolve as (result: unknown) => void, reject })
        if (pumping) return
        pumping = true
        void pump()
      })
    },
  }
}
