/** What the backend asks of dialogue nodes: bodies and queries of the inner API. Both sides use these very schemas. */
import { z } from 'zod'
import {
  ChatName,
  ChatPageLimit,
  ChatUsers,
  MessageText,
  PageLimit,
  ResourceId,
  UserId,
} from './dialogue-wire.ts'

const uidError = 'a user id is a positive integer'
const CoercedUserId = z.coerce.number({ error: uidError }).pipe(UserId)
const seqError = 'a seq is a whole number, 0 or more'
const CoercedSeq = z.coerce
  .number({ error: seqError })
  .pipe(z.int({ error: seqError }).nonnegative({ error: seqError }))
const Cursor = z.string().min(1).max(100)

/** POST /chats. The backend names the chat, so that a repeated request makes it once. */
export const NewChat = z
  .object({
    id: ResourceId,
    uid: UserId.describe('who creates it; one of users'),
    users: ChatUsers,
    name: ChatName.optional(),
    direct: z
      .literal(true)
      .optional()
      .describe('the id is made of the two users, whoever of them creates it'),
  })
  .refine(({ uid, users }) => users.includes(uid), {
    path: ['users'],
    error: 'who creates a chat is one of its users',
  })
  .refine(({ direct, users, name }) => !direct || (users.length === 2 && name === undefined), {
    path: ['direct'],
    error: 'a direct chat has two users and no name',
  })
export type NewChat = z.infer<typeof NewChat>

/**
 * PUT /chats/:cid?uid. Done only if the chat is still at `rev`; one that was done before is answered again, whatever
 * came since (one that changed nothing: only until the next): so a repeated or late request changes nothing twice. Otherwise 4091.
 */
export const MembersChange = z.object({
  change: ResourceId.describe('names this change'),
  rev: z.int().nonnegative(),
  users: z.union([ChatUsers, z.array(UserId).length(0)]).describe('nobody, when the last one leaves'),
  name: ChatName.optional().describe('left out, it stays as it is'),
})
export type MembersChange = z.infer<typeof MembersChange>

/** POST /messages. The backend names the message, so that a repeated request stores it once. */
export const NewMessage = z.object({ id: ResourceId, cid: ResourceId, uid: UserId, txt: MessageText })
export type NewMessage = z.infer<typeof NewMessage>

/**
 * PUT /messages/:id. Done only if the message is still at `rev`; one that was done before is answered again, whatever
 * came since. Otherwise 4091.
 */
export const MessageEdit = z.object({
  edit: ResourceId.describe('names this edit'),
  cid: ResourceId,
  uid: UserId,
  rev: z.int().nonnegative(),
  txt: MessageText,
})
export type MessageEdit = z.infer<typeof MessageEdit>

/** POST /messages/:id/deletion. A message is deleted once, however often and late that is asked for. */
export const MessageDeletion = z.object({ cid: ResourceId, uid: UserId })
export type MessageDeletion = z.infer<typeof MessageDeletion>

/** POST /chats/:cid/read. A mark only grows, and not beyond the end of the log. */
export const ReadTo = z.object({ uid: UserId, seq: z.int().nonnegative() })
export type ReadTo = z.infer<typeof ReadTo>

/** On whose behalf. */
export const OnBehalf = z.object({ uid: CoercedUserId })

/** GET /messages/:id */
export const MessageQuery = OnBehalf.extend({ cid: ResourceId })
export type MessageQuery = z.infer<typeof MessageQuery>

/** GET /chats. The cursor is the `nextCursor` of the page before. */
export const ChatListQuery = OnBehalf.extend({ limit: ChatPageLimit, cursor: Cursor.optional() })
export type ChatListQuery = z.infer<typeof ChatListQuery>

/** GET /messages. The cursor is the id of the last entry seen: older ones follow. */
export const MessageListQuery = OnBehalf.extend({
  cid: ResourceId,
  limit: PageLimit,
  cursor: ResourceId.optional(),
})
export type MessageListQuery = z.infer<typeof MessageListQuery>

/** GET /messages/after. All entries of the log whose seq is greater than `after`, oldest first. */
export const EntriesQuery = OnBehalf.extend({ cid: ResourceId, after: CoercedSeq, limit: PageLimit })
export type EntriesQuery = z.infer<typeof EntriesQuery>

/** GET /messages/search, in one chat or in the latest ones. */
export const SearchQuery = OnBehalf.extend({
  cid: ResourceId.optional(),
  q: z.string().min(1).max(200),
  limit: PageLimit,
  cursor: Cursor.optional(),
})
export type SearchQuery = z.infer<typeof SearchQuery>
