import type { Chat } from './chat-table.ts'

/** A socket whose user is known, as the hub sees it. */
export interface Member {
  readonly uid: number
  /** What it is sent, with its cursor in `chat.members`. */
  readonly chats: Set<Chat>
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
