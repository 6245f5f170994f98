import { PageLimit } from '@roundtable/common/dialogue-wire'
import { z } from 'zod'
import { listOf, textOf } from '../api-schemas.ts'
import type { NewsEvent } from './store.ts'

/** Most characters (Unicode code points) of one post. */
const maxPostLength = 1_000

/** POST /news */
export const PostBody = z.object({
  text: textOf({ min: 1, max: maxPostLength }).meta({ example: 'Hello everybody' }),
})

/** Something that a user did or wrote. */
export const EventObject = z
  .object({
    object: z.literal('event'),
    id: z.int().describe('the newer, the greater'),
    name: z.enum(['login', 'logout', 'follow', 'unfollow', 'post']),
    message: z
      .string()
      .describe('the text of a post; of the others what the user did')
      .meta({ example: 'signed in' }),
    uid: z.int().describe('whose news it is').meta({ example: 3 }),
    ts: z.int().describe('unix seconds'),
    friendId: z.int().optional().describe('whom a follow or unfollow is about'),
  })
  .meta({ id: 'Event' })

export const EventList = listOf(EventObject).meta({ id: 'EventList' })

const cursorError = 'a cursor is the id of the last event seen'

/** A page of the feed: the cursor is the id of the last event seen, older ones follow. */
export const NewsPage = z.object({
  limit: PageLimit,
  cursor: z
    .string({ error: cursorError })
    .regex(/^[1-9]\d{0,14}$/, { error: cursorError })
    .transform(Number)
    .optional(),
})

/** An event as the API answers it. */
export function toEventObject(event: NewsEvent): z.infer<typeof EventObject> {
  return { object: 'event', ...event }
}

/** A page of events; a full one may have more after it. */
export function toEventPage(events: NewsEvent[], limit: number): z.infer<typeof EventList> {
  const page = events.slice(0, limit)
  const last = page.at(-1)
  const data = page.map(toEventObject)
  return { object: 'list', data, ...(events.length > limit && last ? { nextCursor: String(last.id) } : {}) }
}
