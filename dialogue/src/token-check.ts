import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError, errorCodes } from '@roundtable/common/errors'
import type { onRequestHookHandler } from 'fastify'

/** Lets only those in who send the token as their Authorization header. */
export function requireToken(token: string): onRequestHookHandler {
  const wanted = digest(token)
  return (request, _reply, done) => {
    const given = request.headers.authorization
    if (!given) done(new AppError(errorCodes.noToken, 'send the token in the Authorization header'))
    // Digests are of equal length: neither the time nor an exception tells how much of a guess was right.
    else if (!timingSafeEqual(digest(given), wanted))
      done(new AppError(errorCodes.badToken, 'the token is wrong'))
    else done()
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
