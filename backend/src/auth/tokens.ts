import { randomUUID } from 'node:crypto'
import { AppError, errorCodes } from '@roundtable/common/errors'
import { jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Account } from './store.ts'

/** How long a token is valid, in seconds. */
export const tokenLifetimeS = 24 * 3600

const maxTokenLength = 2_048
const maxCached = 20_000
const algorithm = 'HS256'

const Claims = z.object({
  uid: z.int().positive(),
  username: z.string(),
  jti: z.string(),
  gen: z.int().nonnegative(),
  exp: z.int(),
})

/** What a token says of its bearer. */
export type TokenClaims = z.infer<typeof Claims>

/** A token given out. */
export interface IssuedToken {
  token: string
  /** Unix seconds. */
  expiresAt: number
}

export interface Tokens {
  issue(account: Pick<Account, 'id' | 'username' | 'generation'>): Promise<IssuedToken>
  /**
   * @returns what a token says that we gave out and that is still valid
   * @throws AppError 4011 when it is forged, expired or ended
   */
  verify(token: string): Promise<TokenClaims>
  /** Whether a token that was verified before has neither expired nor been ended since. */
  isValid(claims: TokenClaims): boolean
}

/**
 * Gives out and checks tokens: JWT (RFC 7519) signed with HMAC-SHA-256.
 * @param isRevoked whether a token was ended before its time
 */
export async function createTokens(
  secret: string,
  isRevoked: (claims: TokenClaims) => boolean,
): Promise<Tokens> {
  // A CryptoKey, once: from bytes jose would make one for each token.
  const key = await crypto.subtle.importKey(
    'raw',
    Buffer.from(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign', 'verify'],
  )
  const isValid = (claims: TokenClaims): boolean => claims.exp > Date.now() / 1000 && !isRevoked(claims)
  const verified = new LRUCache<string, TokenClaims>({ max: maxCached })

  const readClaims = async (token: string): Promise<TokenClaims> => {
    const known = verified.get(token)
    if (known) return known
    if (token.length > maxTokenLength) throw badToken()
    const { payload } = await jwtVerify(token, key, { algorithms: [algorithm] }).catch((error: unknown) => {
      throw badToken(error)
    })
    const claims = Claims.safeParse(payload)
    if (!claims.success) throw badToken(claims.error)
    verified.set(token, claims.data)
    return claims.data
  }

  return {
    async issue({ id, username, generation }) {
      const expiresAt = Math.floor(Date.now() / 1000) + tokenLifetimeS
      const token = await new SignJWT({ uid: id, username, gen: generation })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(expiresAt)
        .sign(key)
      return { token, expiresAt }
    },

    async verify(token) {
      const claims = await readClaims(token)
      // It may have ended since it was verified.
      if (!isValid(claims)) throw badToken()
      return claims
    },

    isValid,
  }
}

function badToken(cause?: unknown): AppError {
  return new AppError(errorCodes.badToken, 'this token is not valid (any more), sign in again', { cause })
}
