import { UserId } from '@roundtable/common/dialogue-wire'
import { z } from 'zod'

/** The error object: every refusal has this form. */
export const ErrorObject = z
  .object({
    object: z.literal('error'),
    code: z.int().describe('its first three digits are the HTTP status').meta({ example: 4040 }),
    message: z.string().meta({ example: 'there is no such user' }),
  })
  .meta({ id: 'Error' })

const isWellFormed = (text: string): boolean => text.isWellFormed()

/**
 * Text kept exactly as sent, its length counted in characters (Unicode code points). A lone surrogate has no UTF-8
 * form and could not be kept.
 */
export function textOf(length: { min?: number; max: number }) {
  const { min = 0, max } = length
  const error = min > 0 ? `${min} to ${max} characters` : `at most ${max} characters`
  const hasLength = (text: string): boolean => {
    if (text.length > 2 * max) return false
    const characters = [...text].length
    return characters >= min && characters <= max
  }
  return z
    .string({ error: 'a text' })
    .refine(hasLength, { error })
    .refine(isWellFormed, { error: 'it has half of a surrogate pair' })
    .meta({ ...(min > 0 ? { minLength: min } : {}), maxLength: max })
}

const idError = 'a user id is a positive integer'

/** A user id in a path or a query: plain decimal digits. */
export const UserIdText = z
  .string({ error: idError })
  .regex(/^[1-9]\d{0,15}$/, { error: idError })
  .transform(Number)
  .pipe(UserId)

export const UserIdParams = z.object({ id: UserIdText })

/** A list of one kind of thing. `nextCursor` is there only when there is more. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ object: z.literal('list'), data: z.array(item), nextCursor: z.string().optional() })
}
