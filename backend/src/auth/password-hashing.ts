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

/** Runs a task when its turn comes. */
export type InTurn = <T>(task: () => Promise<T>) => Promise<T>

/** Hashing may use half of the cores, and no more than the four threads of Node's pool. */
const defaultConcurrency = Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)))

/**
 * Lets only a few tasks run at once, so that a crowd that signs in leaves the rest of the service its CPU.
 * @throws AppError 4290 when too many wait already
 */
export function createTurns(options: { concurrency?: number; maxWaiting?: number } = {}): InTurn {
  const concurrency = options.concurrency ?? defaultConcurrency
  const maxWaiting = options.maxWaiting ?? concurrency * 64
  const limit = pLimit(concurrency)
  return async (task) => {
    if (limit.activeCount + limit.pendingCount >= concurrency + maxWaiting) {
      throw new AppError(errorCodes.slowDown, 'too many are signing in at this moment, try again', {
        retryAfterS: 2,
      })
    }
    return limit(task)
  }
}
