import type { ChatStore } from './chats/store.ts'
import type { MessageStore } from './messages/store.ts'

/**
 * Where chats and their messages are kept. Every implementation passes testing/contracts/dialogue-store.
 *
 * Every write is named by its caller, so that repeating it changes nothing: the first outcome is answered again.
 *
 * Any method may throw AppError: 4040 for a chat that is not there or that the user is no member of (the two look
 * the same), 4090 for a name used before with other content, 5031 when a write may or may not have happened,
 * 5032 when the store could not be asked and nothing was written.
 */
export interface DialogueStore {
  readonly chats: ChatStore
  readonly messages: MessageStore

  /** Resolves when the store answers. */
  ping(): Promise<void>

  /** Ends background work and connections. Nothing may be asked afterwards. */
  close(): Promise<void>
}
