import type { LogEntry } from '@roundtable/common/dialogue-wire'

/** A user's latest chats. */
export interface ChatHeads {
  /** By chat, the seq of its latest entry. */
  readonly chats: ReadonlyMap<string, number>
  /** The user is in more chats than these. */
  readonly hasMore: boolean
}

/** What the live socket asks of the store that the dialogue nodes keep. */
export interface ChatLog {
  /**
   * The `maxHeads` latest chats of the user.
   * @throws AppError 5030, 5032 when nobody can tell now
   */
  heads(uid: number): Promise<ChatHeads>
  /**
   * Entries of a chat that follow a seq, oldest first, without a hole.
   * @throws AppError 4040 when the user is no member; 5030, 5032
   */
  entriesAfter(uid: number, cid: string, after: number, limit: number): Promise<LogEntry[]>
  /**
   * Moves the user's read mark on; a smaller one than before changes nothing.
   * @throws AppError 4040 when the user is no member; 5030, 5031, 5032
   */
  markRead(uid: number, cid: string, seq: number): Promise<void>
}
