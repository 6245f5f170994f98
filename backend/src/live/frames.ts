/** The frames of GET /v1/live, one JSON text each: parsed, built and described (asyncapi.ts) from these schemas. */
import { type LogEntry, MembersEntry, Message, maxHeads, ResourceId } from '@roundtable/common/dialogue-wire'
import { z } from 'zod'
import { EventObject, toEventObject } from '../news/schemas.ts'
import type { NewsEvent } from '../news/store.ts'

const Seq = z.int({ error: 'a seq is a whole number' }).positive({ error: 'a seq is at least 1' })

const LastSeqs = z
  .record(
    ResourceId,
    z.int({ error: 'a seq is a whole number' }).nonnegative({ error: 'a seq is not negative' }),
  )
  .refine((chats) => Object.keys(chats).length <= maxHeads, { error: `at most ${maxHeads} chats` })
  .describe('by chat, the greatest seq the client has: what follows is sent')

/** The first frame, within 5 s. */
export const AuthFrame = z
  .object({ type: z.literal('auth'), token: z.string().min(1).max(2_048), chats: LastSeqs.optional() })
  .describe('The first frame, within 5 s: who the client is and what it has')

/** What it takes to know who the client is. */
export const TokenFrame = AuthFrame.pick({ type: true, token: true })

const TypingRequest = z
  .object({ type: z.literal('typing'), cid: ResourceId })
  .describe('The user is writing: told to the other members')
const ReadRequest = z
  .object({ type: z.literal('read'), cid: ResourceId, seq: Seq })
  .describe('The user has read the chat up to here')
const ResumeRequest = z
  .object({ type: z.literal('resume'), chats: LastSeqs })
  .describe('Send again what follows these places')

const PingRequest = z
  .object({ type: z.literal('ping') })
  .describe('Answered with pong, by which a client sees that the connection is alive')

/** What a client may send, by type. */
export const clientFrames = {
  auth: AuthFrame,
  typing: TypingRequest,
  read: ReadRequest,
  resume: ResumeRequest,
  ping: PingRequest,
} as const

/** A frame of a client that has said who it is. */
export const Request = z.discriminatedUnion(
  'type',
  [TypingRequest, ReadRequest, ResumeRequest, PingRequest],
  {
    error: 'type: one of typing, read, resume, ping',
  },
)
export type Request = z.infer<typeof Request>

/** A frame of GET /v1/news. (A description makes it another schema, without the name it has in the REST document.) */
export const NewsItem = EventObject.describe('Something that a user did or wrote')

/** What the server sends, by type. */
export const serverFrames = {
  ready: z
    .object({
      type: z.literal('ready'),
      userId: z.int(),
      chats: z.record(ResourceId, z.int()).describe('the seq of the latest entry of each chat'),
    })
    .describe('The token is good; after it what is missing, oldest first, then what happens'),
  message: z.object({ type: z.literal('message'), message: Message }).describe('A message was written'),
  edited: z
    .object({
      type: z.literal('edited'),
      message: Message.extend({
        seq: z.int().describe("the edit's own place in the log, not that of the message"),
        editedAt: z.int().describe('unix seconds'),
      }),
    })
    .describe('The author changed the message of this id'),
  deleted: z
    .object({ type: z.literal('deleted'), cid: ResourceId, id: ResourceId, seq: z.int() })
    .describe('The author deleted the message of this id; seq is the place of the deletion in the log'),
  members: z
    .object({ type: z.literal('members'), members: MembersEntry })
    .describe('Who is in the chat, or its name, changed; the last frame of a chat for whom it removes'),
  read: z
    .object({ type: z.literal('read'), cid: ResourceId, uid: z.int(), seq: z.int() })
    .describe('A member has read the chat up to here'),
  typing: z
    .object({ type: z.literal('typing'), cid: ResourceId, uid: z.int() })
    .describe('A member is writing'),
  presence: z
    .object({ type: z.literal('presence'), uid: z.int(), online: z.boolean() })
    .describe('Someone who shares a chat came or went; who is not named is not there'),
  news: z.object({ type: z.literal('news'), event: NewsItem }).describe('Someone one follows did something'),
  pong: z.object({ type: z.literal('pong') }).describe('The answer to ping'),
  gap: z
    .object({ type: z.literal('gap'), cid: ResourceId, from: z.int(), to: z.int() })
    .describe('Too much is missing: fetch these entries with GET /v1/chats/{cid}/messages?after='),
  error: z
    .object({
      type: z.literal('error'),
      code: z.int(),
      message: z.string(),
      retryAfterMs: z.int().optional().describe('reconnect after so many ms'),
    })
    .describe('What was wrong. The socket stays open, unless it is closed right after'),
} as const

type ServerFrames = typeof serverFrames
/** Any frame of the server. */
export type ServerFrame = { [Type in keyof ServerFrames]: z.infer<ServerFrames[Type]> }[keyof ServerFrames]

/** The bytes of a frame: made once, however many sockets it goes to. */
export function encode(frame: ServerFrame): Buffer {
  return Buffer.from(JSON.stringify(frame))
}

/** How an entry of a chat's log is told. */
export function entryFrame(entry: LogEntry): ServerFrame {
  switch (entry.object) {
    case 'message':
      return { type: 'message', message: entry }
    case 'edit':
      return { type: 'edited', message: { ...entry, object: 'message' } }
    case 'deletion':
      return { type: 'deleted', cid: entry.cid, id: entry.id, seq: entry.seq }
    case 'members':
      return { type: 'members', members: entry }
  }
}

export const pongFrame = encode({ type: 'pong' })

const newsFrames = new WeakMap<NewsEvent, Buffer>()

/** The bytes of a news frame: made once, however many sockets the event goes to. */
export function newsFrame(event: NewsEvent): Buffer {
  const known = newsFrames.get(event) ?? encode({ type: 'news', event: toEventObject(event) })
  newsFrames.set(event, known)
  return known
}
