/** What backend and dialogue nodes say to each other. Both sides parse with these very schemas. */
import { z } from 'zod'
import { resourceIdPattern } from './resource-id.ts'

/** Most users of one chat. */
export const maxChatUsers = 200
/** Most characters (Unicode code points) of one message. */
export const maxTextLength = 4096
/** Most characters of the name of a chat. */
export const maxNameLength = 100
/** Unread messages are counted up to here. */
export const maxUnread = 100
/** Chats whose heads are told at most: the latest ones. */
export const maxHeads = 500

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

/**
 * Name of a chat: kept exactly as sent; an empty one takes the name away. With a U+0000, at which SQLite's driver ends
 * a text, it could not be.
 */
export const ChatName = z
  .string()
  .refine((name) => name.length <= 2 * maxNameLength && [...name].length <= maxNameLength, {
    error: `a name has at most ${maxNameLength} characters`,
  })
  .refine(wellFormed, { error: 'the name has half of a surrogate pair' })
  .refine((name) => !name.includes('\0'), { error: 'the name has the character U+0000' })
  .meta({ maxLength: maxNameLength, example: 'Book club' })

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

const Seq = z.int().positive().describe("place in the chat's log")
const Seconds = z.int().describe('unix seconds')

/**
 * A message, as it is now: edited, it has its latest text; deleted, none. `seq` is its place in the chat's log; order is
 * by it, never by a clock.
 */
export const Message = z.object({
  object: z.literal('message'),
  id: ResourceId,
  cid: ResourceId,
  uid: z.int(),
  createdAt: Seconds,
  text: z.string(),
  seq: Seq,
  editedAt: Seconds.optional(),
  rev: z.int().positive().optional().describe('how often it was edited'),
  deleted: z.literal(true).optional(),
})
export type Message = z.infer<typeof Message>

/** Its author changed a message. `text` is that of the message now, which may have been changed again since. */
export const EditEntry = z.object({
  object: z.literal('edit'),
  seq: Seq,
  cid: ResourceId,
  id: ResourceId.describe('of the message'),
  uid: z.int(),
  text: z.string(),
  editedAt: Seconds,
  rev: z.int().positive().optional().describe('how often the message was edited by now'),
  createdAt: Seconds,
})
export type EditEntry = z.infer<typeof EditEntry>

/** Its author took a message back. */
export const DeletionEntry = z.object({
  object: z.literal('deletion'),
  seq: Seq,
  cid: ResourceId,
  id: ResourceId.describe('of the message'),
  uid: z.int(),
  createdAt: Seconds,
})
export type DeletionEntry = z.infer<typeof DeletionEntry>

/** Someone came or went, or the chat got another name. */
export const MembersEntry = z.object({
  object: z.literal('members'),
  id: ResourceId.describe('of this entry'),
  seq: Seq,
  cid: ResourceId,
  uid: z.int().describe('who did it'),
  added: z.array(z.int()),
  removed: z.array(z.int()),
  name: z.string().optional().describe('the new name; empty when it was taken away'),
  createdAt: Seconds,
})
export type MembersEntry = z.infer<typeof MembersEntry>

/** An entry of a chat's log. The log has one for each number, and what an entry tells has happened. */
export const LogEntry = z.discriminatedUnion('object', [Message, EditEntry, DeletionEntry, MembersEntry])
export type LogEntry = z.infer<typeof LogEntry>

/** What a page of a chat shows: messages, and who came and went. */
export const ShownEntry = z.discriminatedUnion('object', [Message, MembersEntry])
export type ShownEntry = z.infer<typeof ShownEntry>

/** A page of a chat, newest first. `nextCursor` is there only when there is more. */
export const MessageList = z.object({
  object: z.literal('list'),
  data: z.array(ShownEntry),
  nextCursor: z.string().optional(),
})
export type MessageList = z.infer<typeof MessageList>

/** The entries of a log after a place, oldest first, none left out. */
export const EntryList = z.object({
  object: z.literal('list'),
  data: z.array(LogEntry),
  lastSeq: z.int().describe('of the newest entry there is'),
})
export type EntryList = z.infer<typeof EntryList>

/** Messages found by a search. `nextCursor` is there when there may be more, also on a page that has found none. */
export const FoundMessages = z.object({
  object: z.literal('list'),
  data: z.array(Message),
  nextCursor: z.string().optional(),
})
export type FoundMessages = z.infer<typeof FoundMessages>

/**
 * A chat as one of its members sees it. `rev` grows by one with each change of members or name. `unread` counts the
 * messages of others after `readSeq`, up to 100.
 */
export const Chat = z.object({
  object: z.literal('chat'),
  id: ResourceId,
  users: z.array(z.int()),
  createdAt: Seconds,
  rev: z.int(),
  name: z.string().optional(),
  direct: z.literal(true).optional().describe('the one chat of these two'),
  lastSeq: z.int().describe('of the newest entry; 0 when there is none'),
  lastMessage: Message.optional(),
  unread: z.int().describe(`at most ${maxUnread}`),
  readSeq: z.int().describe('up to where the caller has read; 0 at first'),
})
export type Chat = z.infer<typeof Chat>

/** A page of chats, latest activity first. */
export const ChatList = z.object({
  object: z.literal('list'),
  data: z.array(Chat),
  nextCursor: z.string().optional(),
})
export type ChatList = z.infer<typeof ChatList>

/** GET /chats/heads: the seq of the newest entry of each of the user's latest chats, by the chat's id. */
export const Heads = z.object({
  object: z.literal('heads'),
  chats: z.record(ResourceId, z.int()),
  hasMore: z.literal(true).optional().describe('the user is in more chats than are named'),
})
export type Heads = z.infer<typeof Heads>

/** Up to where a member has read. */
export const ReadMark = z.object({
  object: z.literal('read'),
  cid: ResourceId,
  uid: z.int(),
  seq: z.int().describe('0 at first'),
})
export type ReadMark = z.infer<typeof ReadMark>

/** The marks of all members. */
export const ReadMarkList = z.object({ object: z.literal('list'), data: z.array(ReadMark) })
export type ReadMarkList = z.infer<typeof ReadMarkList>

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
