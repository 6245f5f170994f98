import { z } from 'zod'
import { textOf } from '../api-schemas.ts'
import { Gender, OptionalProfile } from '../users/schemas.ts'

const NewPassword = textOf({ min: 8, max: 1_000 })
/** What is compared, not stored: anything short enough may turn out wrong. */
const GivenPassword = textOf({ max: 1_000 })

/** POST /auth/sign-up */
export const SignUpBody = OptionalProfile.extend({
  username: textOf({ min: 5, max: 30 }).meta({ example: 'tester' }),
  password: NewPassword,
  passwordConfirm: z.string({ error: 'a text' }),
  gender: Gender,
}).refine(({ password, passwordConfirm }) => password === passwordConfirm, {
  error: 'it differs from the password',
  path: ['passwordConfirm'],
})

/** POST /auth/sign-in */
export const SignInBody = z.object({
  username: textOf({ min: 1, max: 30 }).meta({ example: 'tester' }),
  password: GivenPassword.meta({ example: '1234567890' }),
})

/** PUT /auth/password */
export const PasswordBody = z
  .object({
    password: GivenPassword.describe('the current one'),
    newPassword: NewPassword,
    newPasswordConfirm: z.string({ error: 'a text' }),
  })
  .refine(({ newPassword, newPasswordConfirm }) => newPassword === newPasswordConfirm, {
    error: 'it differs from the new password',
    path: ['newPasswordConfirm'],
  })

/** DELETE /users/me */
export const DeletionBody = z.object({ password: GivenPassword })

export const TokenObject = z
  .object({
    object: z.literal('token'),
    token: z.string().describe('send it as Authorization: Bearer'),
    userId: z.int(),
    username: z.string(),
    expiresAt: z.int().describe('unix seconds'),
  })
  .meta({ id: 'Token' })

export const SignedOutObject = z.object({ object: z.literal('signedOut') })

export const DeletedObject = z.object({ object: z.literal('deleted'), id: z.int() })
