import type { LogEntry } from '@roundtable/common/dialogue-wire'
import type { ChatCursor } from './chat-cursor.ts'
import type { ChatWindow, Sequenced } from './chat-window.ts'
import { encode, entryFrame } from './frames.ts'

/** An entry of a log, and its frame once someone was sent it. */
export interface ToldEntry extends Sequenced {
  readonly entry: LogEntry
  frame?: Buffer
}

/** A chat as this backend knows it: its latest entries, and who of its sockets is sent them. */
export interface Chat {
  readonly cid: string
  readonly window: ChatWindow<ToldEntry>
  readonly members: Map<Member, ChatCursor>
  /** Entries before this seq have been told, and what they say about members is done. */
  told: number
  /** A gap is being read from the store. */
  filling: boolean
  /** When its head was last compared with the store's, in ms of the hub's clock. */
  comparedAt: number
  /** When something last happened in it, or it was last seen to have sockets, in ms of the hub's clock. */
  touchedAt: number
}

/** A socket whose user is known, as the hub sees it. */
export interface Member {
  readonly uid: number
  /** What it is sent, with its cursor in `chat.members`. */
  readonly chats: Set<Chat>
  /** What it is not sent any more, or not yet: by chat, the seq of the entry to go on with. */
  readonly left: Map<string, number>
  /** Those of them whose entries it is being brought, one page at a time. */
  readonly behind: Set<Chat>
  /** It has been sent `ready`. */
  ready: boolean
  readonly isOpen: boolean
  /** So much waits to be sent that more must wait. */
  readonly isCongested: boolean
  /** Never throws. One that is too far behind is cut off instead. */
  send(frame: Buffer): void
  /** Resolves when it is no longer congested, or no longer open. */
  drained(): Promise<void>
}

/** The frame of an entry, serialised once for all sockets. */
export function frameOf(told: ToldEntry): Buffer {
  told.frame ??= encode(entryFrame(told.entry))
  return told.frame
}
