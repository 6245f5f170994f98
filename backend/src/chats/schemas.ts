import {
  ChatName,
  ChatPageLimit,
  ChatUsers,
  MessageText,
  PageLimit,
  ResourceId,
} from '@roundtable/common/dialogue-wire'
import { z } from 'zod'
import { UserIdText } from '../api-schemas.ts'

/** POST of a chat: its members, the creator added when missing. */
export const NewChatBody = z.object({
  users: ChatUsers,
  name: ChatName.optional(),
  direct: z.boolean().optional().describe('the one chat of these two, found again if it is there'),
})

/** PUT of a chat: the new members, the new name, or both; what is left out stays. */
export const ChatBody = z
  .object({ users: ChatUsers.optional(), name: ChatName.optional() })
  .refine(({ users, name }) => users !== undefined || name !== undefined, {
    path: ['users'],
    error: 'name the users, a name, or both',
  })

/** POST of members: who is added. */
export const MembersBody = z.object({ users: ChatUsers })

/** POST of a message. */
export const MessageBody = z.object({ txt: MessageText })

/** PUT of a message. */
export const EditBody = z.object({
  txt: MessageText,
  rev: z.int().nonnegative().optional().describe('edit only a message that was edited so often until now'),
})

/** POST of a read mark. */
export const ReadBody = z.object({
  seq: z.int({ error: 'a seq is a whole number, 0 or more' }).nonnegative({
    error: 'a seq is a whole number, 0 or more',
  }),
})

export const ChatParams = z.object({ cid: ResourceId })
export const MemberParams = ChatParams.extend({ uid: UserIdText })
export const MessageParams = ChatParams.extend({ id: ResourceId })

const Cursor = z.string().min(1).max(100)

/** A page of chats: the cursor is the `nextCursor` of the page before. */
export const ChatsPage = z.object({ limit: ChatPageLimit, cursor: Cursor.optional() })

const seqError = 'a seq is a whole number, 0 or more'

/**
 * A page of messages: the cursor is the id of the last item seen, older ones follow. With `after` instead: all entries
 * of the log after this seq, oldest first.
 */
export const MessagesPage = z
  .object({
    limit: PageLimit,
    cursor: ResourceId.optional(),
    after: z.coerce
      .number({ error: seqError })
      .pipe(z.int({ error: seqError }).nonnegative({ error: seqError }))
      .optional(),
  })
  .refine(({ cursor, after }) => cursor === undefined || after === undefined, {
    path: ['after'],
    error: 'name a cursor or a seq, not both',
  })

/** A page of a search: the cursor is the `nextCursor` of the page before. */
export const SearchPage = z.object({
  q: z
    .string({ error: 'one to ten words to search for' })
    .min(1, { error: 'one to ten words to search for' })
    .max(200, { error: 'at most 200 characters' }),
  limit: PageLimit,
  cursor: Cursor.optional(),
})

/** With it a request may be sent again, and what it makes is made once. */
export const IdempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, {
      error: 'an Idempotency-Key has 1-255 printable ASCII characters, no spaces',
    })
    .optional(),
})
