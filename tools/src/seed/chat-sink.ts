import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import type { SeededChat } from './seed-plan.ts'

/** Where seeded chats go. */
export interface ChatSink {
  /**
   * Stores the chat with its messages; it may be kept back until more have come.
   * @param onMessage is told of each message taken: one chat may have millions
   */
  put(chat: SeededChat, onMessage: () => void): Promise<void>
  /** Stores what was kept back. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Through the store itself, one request after the other: for the embedded form. */
export function createStoreSink(store: DialogueStore): ChatSink {
  return {
    async put({ id, users, messages }, onMessage) {
      const [uid = 0] = users
      await store.chats.create({ id, uid, users })
      for (const message of messages) {
        await store.messages.append({ cid: id, ...message })
        onMessage()
      }
    },
    flush: async () => {},
    close: () => store.close(),
  }
}
