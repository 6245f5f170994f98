import { PageLimit } from '@roundtable/common/dialogue-wire'
import { z } from 'zod'
import { listOf, textOf, UserIdText } from '../api-schemas.ts'
import type { Profile, SeenUser } from './store.ts'

/** What everybody tells of themselves. */
export const Gender = z.enum(['f', 'm'], { error: 'f or m' })

const Age = z.int({ error: '18 to 120' }).min(18, { error: '18 to 120' }).max(120, { error: '18 to 120' })

/** What may be told besides. */
export const OptionalProfile = z.object({
  firstName: textOf({ max: 20 }).nullable().default(null),
  lastName: textOf({ max: 30 }).nullable().default(null),
  age: Age.nullable().default(null),
  city: textOf({ max: 80 }).nullable().default(null),
  interests: textOf({ max: 500 }).nullable().default(null),
})

/** PUT /users/me: what is given is changed, null takes it away, the rest stays. */
export const ProfileChanges = z.object({
  gender: Gender.optional(),
  firstName: textOf({ max: 20 }).nullable().optional(),
  lastName: textOf({ max: 30 }).nullable().optional(),
  age: Age.nullable().optional(),
  city: textOf({ max: 80 }).nullable().optional(),
  interests: textOf({ max: 500 }).nullable().optional(),
})

/** A user, as others see them. */
export const UserObject = z
  .object({
    object: z.literal('user'),
    id: z.int().meta({ example: 3 }),
    username: z.string().meta({ example: 'tester' }),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    age: z.int().nullable(),
    gender: Gender,
    city: z.string().nullable(),
    interests: z.string().nullable(),
    createdAt: z.int().describe('unix seconds'),
    isFriend: z.boolean().optional().describe('whether the caller follows this user; not told of oneself'),
  })
  .meta({ id: 'User' })

export const UserList = listOf(UserObject).meta({ id: 'UserList' })

/** A page by id: the cursor is the id of the last user seen. */
export const UsersPage = z.object({ limit: PageLimit, cursor: UserIdText.optional() })

/** Names begin so. The cursor is the `nextCursor` of the page before. */
export const UsersSearch = z
  .object({
    firstName: textOf({ min: 1, max: 20 }).optional(),
    lastName: textOf({ min: 1, max: 30 }).optional(),
    limit: PageLimit,
    cursor: z.string().min(1).max(2_000).optional(),
  })
  .refine(({ firstName, lastName }) => firstName !== undefined || lastName !== undefined, {
    error: 'give a first name, a last name or both',
    path: ['firstName'],
  })

/** A user as the API answers it. */
export function toUserObject(user: SeenUser): z.infer<typeof UserObject> {
  return { object: 'user', ...user }
}

/** A page of users by id; a full one may have more after it. */
export function toUserPage(users: SeenUser[], limit: number): z.infer<typeof UserList> {
  const page = users.slice(0, limit)
  const last = page.at(-1)
  const data = page.map(toUserObject)
  return { object: 'list', data, ...(users.length > limit && last ? { nextCursor: String(last.id) } : {}) }
}

/** Only what was given: leaving a field out is not the same as taking it away. */
export function givenChanges(changes: z.infer<typeof ProfileChanges>): Partial<Profile> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}
