import type { Chat } from './chat.ts'
import { ChatWindow } from './chat-window.ts'

/** How long a chat without sockets is remembered, for those who reconnect. */
const lingerMs = 60_000
/** Most that the entries of all chats may take, in bytes as estimated. */
const maxBytes = 64 * 1024 * 1024
const entryOverhead = 400

/** The chats that this backend has sockets for, or lately heard of. */
export class ChatTable {
  /** The one that something happened in last comes last. */
  readonly #chats = new Map<string, Chat>()

  get(cid: string): Chat | undefined {
    return this.#chats.get(cid)
  }

  all(): Iterable<Chat> {
    return this.#chats.values()
  }

  /** @param next the seq of the first entry to hold, when the chat is not known yet */
  open(cid: string, next: number, now: number): Chat {
    const known = this.#chats.get(cid)
    if (known) return known
    const chat: Chat = {
      cid,
      window: new ChatWindow(next),
      members: new Map(),
      told: next,
      filling: false,
      comparedAt: now,
      touchedAt: now,
    }
    this.#chats.set(cid, chat)
    return chat
  }

  touch(chat: Chat, now: number): void {
    chat.touchedAt = now
    this.#chats.delete(chat.cid)
    this.#chats.set(chat.cid, chat)
  }

  /** Forgets chats that nobody has been connected to for long, and the entries of the quietest when all are too many. */
  tidy(now: number): void {
    let bytes = 0
    for (const chat of this.#chats.values()) {
      if (chat.members.size > 0) chat.touchedAt = now
      if (chat.members.size === 0 && now - chat.touchedAt > lingerMs) this.#chats.delete(chat.cid)
      else bytes += bytesOf(chat)
    }
    for (const chat of this.#chats.values()) {
      if (bytes <= maxBytes) return
      bytes -= bytesOf(chat)
      chat.window.restart(chat.window.next)
    }
  }
}

function bytesOf({ window }: Chat): number {
  let bytes = 0
  for (const { entry, frame } of window.entries) {
    const text = 'text' in entry ? entry.text.length : 0
    bytes += entryOverhead + 2 * text + (frame?.length ?? 0)
  }
  return bytes
}
