import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@roundtable/common/logger'
import type { Revocation, RevocationsStore } from './store.ts'
import { type TokenClaims, tokenLifetimeS } from './tokens.ts'

/** What a revocation outlives its tokens by: the clocks of two backends may differ. */
const marginS = 3600
const pollMs = 1_000
const sweepMs = 60_000
const pageSize = 10_000
/** A row may become visible after rows of higher ids: so many polls are read again. */
const overlapPolls = 10
/** The same at the start, where no earlier poll tells how far to go back: far more than are ever on their way at once. */
const overlapRows = 10_000

/** When revocations of tokens given out by now may be forgotten, in unix seconds. */
export function revocationExpiry(): number {
  return Math.floor(Date.now() / 1000) + tokenLifetimeS + marginS
}

/** The tokens that were ended before their time, as this backend knows them. */
export class Revocations {
  /** Expiry by jti. */
  readonly #tokens = new Map<string, number>()
  readonly #users = new Map<number, { belowGeneration: number; expiresAt: number }>()

  /** How many are held in memory. */
  get size(): number {
    return this.#tokens.size + this.#users.size
  }

  add({ uid, jti, belowGeneration, expiresAt }: Omit<Revocation, 'id'>): void {
    if (jti !== null) this.#tokens.set(jti, expiresAt)
    if (belowGeneration === null) return
    const known = this.#users.get(uid)
    if (!known || known.belowGeneration <= belowGeneration)
      this.#users.set(uid, { belowGeneration, expiresAt })
  }

  isRevoked(claims: TokenClaims): boolean {
    if (this.#tokens.has(claims.jti)) return true
    const user = this.#users.get(claims.uid)
    return user !== undefined && claims.gen < user.belowGeneration
  }

  /** @param now unix seconds */
  forgetExpired(now: number): void {
    for (const [jti, expiresAt] of this.#tokens) if (expiresAt < now) this.#tokens.delete(jti)
    for (const [uid, { expiresAt }] of this.#users) if (expiresAt < now) this.#users.delete(uid)
  }
}

/**
 * Keeps the known revocations up to date with the store: all of them now, then what is new every second. While the
 * store is away, those known stand.
 * @returns stops it
 * @throws AppError 5032 when the store cannot be asked for those that stand now
 */
export async function followRevocations(
  revocations: Revocations,
  store: RevocationsStore,
  logger: Logger,
): Promise<() => Promise<void>> {
  const read = async (afterId: number): Promise<number> => {
    for (let last = afterId; ; ) {
      const page = await store.after(last, pageSize)
      for (const revocation of page) revocations.add(revocation)
      last = page.at(-1)?.id ?? last
      if (page.length < pageSize) return last
    }
  }

  let seen = await read(0)
  const earlier = Array<number>(overlapPolls).fill(Math.max(0, seen - overlapRows))
  let sweptAt = performance.now()
  const poll = async () => {
    seen = Math.max(seen, await read(earlier[0] ?? 0))
    earlier.push(seen)
    earlier.shift()
    if (performance.now() - sweptAt < sweepMs) return
    sweptAt = performance.now()
    const now = Math.floor(Date.now() / 1000)
    revocations.forgetExpired(now)
    await store.deleteExpired(now)
  }

  const stop = new AbortController()
  const pollUntilStopped = async () => {
    for (let away = false; !stop.signal.aborted; ) {
      await sleep(pollMs, undefined, { signal: stop.signal }).catch(() => {})
      if (stop.signal.aborted) return
      try {
        await poll()
        if (away) logger.info('new revocations are read again')
        away = false
      } catch (error) {
        if (!away) logger.warn({ err: error }, 'cannot read new revocations, those known stand')
        away = true
      }
    }
  }
  const polling = pollUntilStopped()
  return () => {
    stop.abort()
    return polling
  }
}
