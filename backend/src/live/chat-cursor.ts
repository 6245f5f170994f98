import type { ChatWindow, Sequenced } from './chat-window.ts'

/** More entries than this are not sent: the client is told to fetch them. */
export const maxCatchUp = 500

/** How far one socket has been sent one chat. */
export interface ChatCursor {
  /** The seq of the entry to send next. */
  next: number
}

/** What is to be done for a socket that is behind. */
export type Step<E> =
  | { do: 'send'; entry: E }
  /** The window no longer has it: read from the store what follows this seq. */
  | { do: 'read'; after: number }
  /** Too much to send. */
  | { do: 'gap'; from: number; to: number }

/**
 * The next thing to do for a socket; undefined when it has been sent all that it may be. Changes nothing.
 * @param until the seq before which it may be sent everything
 */
export function nextStep<E extends Sequenced>(
  cursor: ChatCursor,
  window: ChatWindow<E>,
  until: number,
): Step<E> | undefined {
  const missing = until - cursor.next
  if (missing <= 0) return undefined
  if (missing > maxCatchUp) return { do: 'gap', from: cursor.next, to: until - 1 }
  const entry = window.at(cursor.next)
  return entry ? { do: 'send', entry } : { do: 'read', after: cursor.next - 1 }
}

/** Whether this entry is the one to send now. If so it counts as sent; a smaller or greater one must not be sent. */
export function takes(cursor: ChatCursor, entry: Sequenced): boolean {
  if (entry.seq !== cursor.next) return false
  cursor.next++
  return true
}
