import type { Lifecycle } from '@roundtable/common/lifecycle'
import type { Logger } from '@roundtable/common/logger'
import type { Database } from '../database/open-database.ts'
import { createSqlNewsStore } from '../news/sql-news-store.ts'
import type { OnNews } from '../news/store.ts'
import { createTurns } from './password-hashing.ts'
import { followRevocations, Revocations } from './revocations.ts'
import { type AuthService, createAuthService } from './service.ts'
import { createSqlAccountsStore, createSqlRevocationsStore } from './sql-accounts-store.ts'
import { createTokens, type Tokens } from './tokens.ts'
import { WrongPasswords } from './wrong-passwords.ts'

/**
 * Puts together what signing up, in and out needs, and begins to follow the revocations.
 * @throws AppError 5032 when the store cannot be asked for the tokens that were ended so far
 */
export async function openAuth(options: {
  jwtSecret: string
  database: Database
  logger: Logger
  lifecycle: Lifecycle
  /** Told of who signs in and out. */
  onNews: OnNews
}): Promise<{ tokens: Tokens; auth: AuthService }> {
  const { jwtSecret, database, logger, lifecycle, onNews } = options
  const revocations = new Revocations()
  const revocationsStore = createSqlRevocationsStore(database)
  const stopFollowing = await followRevocations(revocations, revocationsStore, logger)
  lifecycle.onClose('revocations', stopFollowing)
  const tokens = await createTokens(jwtSecret, (claims) => revocations.isRevoked(claims))
  const news = createSqlNewsStore(database)
  const auth = createAuthService({
    accounts: createSqlAccountsStore(database),
    revocationsStore,
    revocations,
    tokens,
    wrongPasswords: new WrongPasswords(),
    inTurn: createTurns(),
    async tellOthers(uid, name) {
      try {
        onNews(await news.record(uid, name))
      } catch (error) {
        logger.warn({ err: error, uid, name }, 'could not store who signed in or out')
      }
    },
  })
  return { tokens, auth }
}
