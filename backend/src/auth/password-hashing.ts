import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { AppError, errorCodes } from '@roundtable/common/errors'
import pLimit from 'p-limit'

/** OWASP's argon2id setting: 19 MiB, two passes, one lane; 10-30 ms of one core. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The argon2id hash of a password, with a salt of its own. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, cost)
}

/** Whether the password is the one the hash was made of. */
export function isPasswordRight(passwordHash: string, password: string): Promise<boolean> {
  return verify(passwordHash, password)
}

/** Runs a task for whoever asks from an address when its turn comes. */
export type InTurn = <T>(address: string, task: () => Promise<T>) => Promise<T>

/** Hashing may use half of the cores, and no more than the four threads of Node's pool. */
const defaultConcurrency = Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)))

/**
 * Lets only a few tasks run at once, so that a crowd that signs in leaves the rest of the service its CPU. One address
 * gets half of the places at most: nobody alone can keep all others from signing in.
 * @throws AppError 4290 when too many wait already
 */
export function createTurns(options: { concurrency?: number; maxWaiting?: number } = {}): InTurn {
  const concurrency = options.concurrency ?? defaultConcurrency
  const maxWaiting = options.maxWaiting ?? concurrency * 64
  const places = concurrency + maxWaiting
  const limit = pLimit(concurrency)
  const taken = new Map<string, number>()
  return async (address, task) => {
    const own = taken.get(address) ?? 0
    if (limit.activeCount + limit.pendingCount >= places || own >= Math.ceil(places / 2)) {
      throw new AppError(errorCodes.slowDown, 'too many are signing in at this moment, try again', {
        retryAfterS: 2,
      })
    }
    taken.set(address, own + 1)
    try {
      return await limit(task)
    } finally {
      const left = (taken.get(address) ?? 1) - 1
      if (left > 0) taken.set(address, left)
      else taken.delete(address)
    }
  }
}
