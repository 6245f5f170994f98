/** What backend and dialogue nodes say to each other. Both sides parse with these very schemas. */
import { z } from 'zod'
import { resourceIdPattern } from './resource-id.ts'

/** Most users of one chat. */
export const maxChatUsers = 200
/** Most characters (Unicode code points) of one message. */
export const maxTextLength = 4096

const wellFormed = (text: string): boolean => text.isWellFormed()

/** A positive user id. */
export const UserId = z.int({ error: 'a user id is a positive integer' }).positive().meta({ example: 3 })
/** The id of a chat or message: 24 hex digits. */
export const ResourceId = z
  .string()
  .regex(resourceIdPattern, { error: 'an id is 24 lower-case hex digits' })
  .meta({ example: '6053226593a589ae6ea95771' })

/** Text of a message: kept exactly as sent. A lone surrogate has no UTF-8 form and could not be. */
export const MessageText = z
  .string()
  .min(1, { error: 'the text is empty' })
  .refine((text) => text.length <= 2 * maxTextLength && [...text].length <= maxTextLength, {
    error: `the text has more than ${maxTextLength} characters`,
  })
  .refine(wellFormed, { error: 'the text has half of a surrogate pair' })
  .meta({ maxLength: maxTextLength, example: 'Hi there' })

/** Members of a chat, each named once. */
export const ChatUsers = z
  .array(UserId)
  .min(1, { error: 'name at least one user' })
  .max(maxChatUsers, { error: `a chat has at most ${maxChatUsers} users` })
  .refine((users) => new Set(users).size === users.length, { error: 'a user is named twice' })
  .meta({ example: [1, 3] })

const Limit = z.coerce
  .number({ error: 'a limit is a whole number from 1 to 200' })
  .int({ error: 'a limit is a whole number from 1 to 200' })
  .min(1, { error: 'a limit is a whole number from 1 to 200' })
  .max(200, { error: 'a limit is a whole number from 1 to 200' })

/** Items of one page. */
export const PageLimit = Limit.default(100)
/** Chats of one page. Each is confirmed by a document of its own, so the usual page is shorter. */
export const ChatPageLimit = Limit.default(50)

/** A chat as its members see it. `rev` grows by one with each change of members. */
export const Chat = z.object({
  object: z.literal('chat'),
  id: ResourceId,
  users: z.array(z.int()),
  createdAt: z.int().describe('unix seconds'),
  rev: z.int(),
})
export type Chat = z.infer<typeof Chat>

/** A message. `seq` is its place in the chat's log; order is by it, never by a clock. */
export const Message = z.object({
  object: z.literal('message'),
  id: ResourceId,
  cid: ResourceId,
  uid: z.int(),
  createdAt: z.int().describe('unix seconds'),
  text: z.string(),
  seq: z.int(),
})
export type Message = z.infer<typeof Message>

/** A page of messages, newest first. `nextCursor` is there only when there is more. */
export const MessageList = z.object({
  object: z.literal('list'),
  data: z.array(Message),
  nextCursor: z.string().optional(),
})
export type MessageList = z.infer<typeof MessageList>

/** A page of chats, latest activity first. */
export const ChatList = z.object({
  object: z.literal('list'),
  data: z.array(Chat),
  nextCursor: z.string().optional(),
})
export type ChatList = z.infer<typeof ChatList>

/** POST /chats. The backend names the chat, so that a repeated request makes it once. */
export const NewChat = z
  .object({
    id: ResourceId,
    uid: UserId.describe('who creates it; one of users'),
    users: ChatUsers,
  })
  .refine(({ uid, users }) => users.includes(uid), {
    path: ['users'],
    error: 'who creates a chat is one of its users',
  })
export type NewChat = z.infer<typeof NewChat>

/**
 * PUT /chats/:cid?uid. Done only if the chat is still at `rev`, or if this very `change` was the last one done:
 * so a repeated or late request changes nothing twice. Otherwise 4091.
 */
export const MembersChange = z.object({
  change: ResourceId.describe('names this change'),
  rev: z.int().nonnegative(),
  users: ChatUsers,
})
export type MembersChange = z.infer<typeof MembersChange>

/** POST /messages. The backend names the message, so that a repeated request stores it once. */
export const NewMessage = z.object({ id: ResourceId, cid: ResourceId, uid: UserId, txt: MessageText })
export type NewMessage = z.infer<typeof NewMessage>

const CoercedUserId = z.coerce.number({ error: 'a user id is a positive integer' }).pipe(UserId)

/** GET and PUT /chats/:cid: on whose behalf. */
export const OnBehalf = z.object({ uid: CoercedUserId })

/** GET /chats. The cursor is the `nextCursor` of the page before. */
export const ChatListQuery = z.object({
  uid: CoercedUserId,
  limit: ChatPageLimit,
  cursor: z.string().min(1).max(100).optional(),
})
export type ChatListQuery = z.infer<typeof ChatListQuery>

/** GET /messages. The cursor is the id of the last message seen: older ones follow. */
export const MessageListQuery = z.object({
  uid: CoercedUserId,
  cid: ResourceId,
  limit: PageLimit,
  cursor: ResourceId.optional(),
})
export type MessageListQuery = z.infer<typeof MessageListQuery>

/** GET /ping: which run of the node this is, and whether it serves; with status 503 when it does not yet or no more. */
export const Ping = z.object({
  object: z.literal('ping'),
  id: z.string().describe('SERVICE_ID'),
  instance: z.string().describe('differs with each start of the node'),
  status: z.enum(['starting', 'ok', 'draining']),
})
export type Ping = z.infer<typeof Ping>

/** Header in which a node says who answered. */
export const servedByHeader = 'x-served-by'
