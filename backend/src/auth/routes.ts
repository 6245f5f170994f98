import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  DeletedObject,
  DeletionBody,
  PasswordBody,
  SignedOutObject,
  SignInBody,
  SignUpBody,
  TokenObject,
} from './schemas.ts'
import type { AuthService } from './service.ts'

/** How one gets a token. */
export const signInRoutes: FastifyPluginAsyncZod<{ auth: AuthService }> = async (app, { auth }) => {
  app.post(
    '/sign-up',
    { schema: { summary: 'Become a user', body: SignUpBody, response: { 201: TokenObject } } },
    async ({ body: { passwordConfirm: _, ...user }, ip }, reply) => {
      reply.code(201)
      return { object: 'token' as const, ...(await auth.signUp(user, ip)) }
    },
  )

  app.post(
    '/sign-in',
    { schema: { summary: 'Get a token', body: SignInBody, response: { 200: TokenObject } } },
    async ({ body: { username, password }, ip }) => ({
      object: 'token' as const,
      ...(await auth.signIn(username, password, ip)),
    }),
  )
}

/** What one does with one's own account, signed in. */
export const accountRoutes: FastifyPluginAsyncZod<{ auth: AuthService }> = async (app, { auth }) => {
  app.post(
    '/auth/sign-out',
    { schema: { summary: 'End this token, on every backend', response: { 200: SignedOutObject } } },
    async ({ user }) => {
      await auth.signOut(user)
      return { object: 'signedOut' as const }
    },
  )

  app.put(
    '/auth/password',
    {
      schema: {
        summary: 'Change the password: ends all tokens, answers a new one',
        body: PasswordBody,
        response: { 200: TokenObject },
      },
    },
    async ({ body: { password, newPassword }, user, ip }) => ({
      object: 'token' as const,
      ...(await auth.changePassword(user, { current: password, wanted: newPassword }, ip)),
    }),
  )

  app.delete(
    '/users/me',
    {
      schema: {
        summary: 'Delete the account: ends all its tokens',
        body: DeletionBody,
        response: { 200: DeletedObject },
      },
    },
    async ({ body, user, ip }) => {
      await auth.deleteAccount(user, body.password, ip)
      return { object: 'deleted' as const, id: user.uid }
    },
  )
}
