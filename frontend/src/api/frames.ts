/** The frames of GET /v1/live, as /v1/asyncapi.json describes them. */
import type { MembersEntry, Message, NewsEvent } from './types.ts'

/** By chat, the greatest seq. */
export type LastSeqs = Readonly<Record<string, number>>

export type ClientFrame =
  | { type: 'auth'; token: string; chats: LastSeqs }
  | { type: 'typing'; cid: string }
  | { type: 'ping' }

export type ServerFrame =
  | { type: 'ready'; userId: number; chats: LastSeqs }
  | { type: 'message'; message: Message }
  /** `seq` is the place of the edit itself, not that of the message. */
  | { type: 'edited'; message: Message }
  | { type: 'deleted'; cid: string; id: string; seq: number }
  | { type: 'members'; members: MembersEntry }
  | { type: 'read'; cid: string; uid: number; seq: number }
  | { type: 'typing'; cid: string; uid: number }
  | { type: 'presence'; uid: number; online: boolean }
  | { type: 'news'; event: NewsEvent }
  /** Too much was missing: these entries are to be fetched. */
  | { type: 'gap'; cid: string; from: number; to: number }
  | { type: 'pong' }
  | { type: 'error'; code: number; message: string; retryAfterMs?: number }

/** The server is of the same release as this page, or a later one: only the type tells whether a frame is known. */
export function parseFrame(text: string): ServerFrame | undefined {
  try {
    const frame: unknown = JSON.parse(text)
    return typeof frame === 'object' && frame !== null && 'type' in frame ? (frame as ServerFrame) : undefined
  } catch {
    return undefined
  }
}
