import { AppError, errorCodes } from '@roundtable/common/errors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TokenClaims, Tokens } from './tokens.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks: set on every route that requires a token. */
    user: TokenClaims
  }
}

/** From here on every route of this scope requires a token, checked before the body is read. */
export function requireToken(app: FastifyInstance, tokens: Tokens): void {
  app.decorateRequest('user')
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      request.user = await tokens.verify(bearerToken(request.headers.authorization))
    } catch (error) {
      reply.header('www-authenticate', 'Bearer')
      throw error
    }
  })
}

/**
 * The token of an Authorization header (RFC 6750).
 * @throws AppError 4010 when there is none, 4011 for another scheme
 */
export function bearerToken(header: string | undefined): string {
  const [scheme = '', token = '', ...more] = (header ?? '').trim().split(/ +/)
  const isBearer = scheme.toLowerCase() === 'bearer'
  if (scheme === '' || (isBearer && token === '')) {
    throw new AppError(errorCodes.noToken, 'sign in and send the token as Authorization: Bearer <token>')
  }
  if (!isBearer || more.length > 0) {
    throw new AppError(errorCodes.badToken, 'send the token as Authorization: Bearer <token>')
  }
  return token
}
