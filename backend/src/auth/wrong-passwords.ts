import { AppError, errorCodes } from '@roundtable/common/errors'
import { LRUCache } from 'lru-cache'
import { foldName } from '../users/name-key.ts'

const maxWrong = 10
const windowMs = 60_000
const maxKeys = 100_000

/**
 * Counts wrong passwords: for one name from one address at most ten in any 60 s. Every attempt counts from the moment
 * it begins, so that attempts sent at once cannot outrun the count; one that turns out right is taken back.
 */
export class WrongPasswords {
  /** When each attempt that counts was made, oldest first, at most `maxWrong`. */
  readonly #attempts = new LRUCache<string, number[]>({ max: maxKeys })
  readonly #now: () => number

  /** @param now a clock in ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** @throws AppError 4290 when no attempt is left */
  check(username: string, address: string): void {
    const attempts = this.#recent(keyOf(username, address))
    const oldest = attempts[0]
    if (attempts.length < maxWrong || oldest === undefined) return
    throw new AppError(errorCodes.slowDown, 'too many wrong passwords, try again later', {
      retryAfterS: Math.ceil((oldest + windowMs - this.#now()) / 1000),
    })
  }

  /**
   * Counts an attempt.
   * @returns takes it back
   * @throws AppError 4290 when no attempt is left
   */
  begin(username: string, address: string): () => void {
    this.check(username, address)
    const key = keyOf(username, address)
    const at = this.#now()
    this.#attempts.set(key, [...this.#recent(key), at])
    return () => {
      const attempts = this.#recent(key)
      const index = attempts.indexOf(at)
      if (index >= 0) this.#attempts.set(key, attempts.toSpliced(index, 1))
    }
  }

  #recent(key: string): number[] {
    const since = this.#now() - windowMs
    return (this.#attempts.get(key) ?? []).filter((at) => at > since)
  }
}

function keyOf(username: string, address: string): string {
  return `${address} ${foldName(username)}`
}
