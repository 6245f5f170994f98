import type { DialogueStore } from './dialogue-store.ts'
import { storeAway } from './refusals.ts'

/** A store that may be held, and asked, before it is open: until then it is away. */
export interface LateStore extends DialogueStore {
  /**
   * Opens it, once.
   * @param open is told by its signal when the store is closed meanwhile
   */
  open(open: (signal: AbortSignal) => Promise<DialogueStore>): Promise<void>
}

export function createLateStore(): LateStore {
  const closing = new AbortController()
  let opened: DialogueStore | undefined
  const store = (): DialogueStore => {
    if (!opened) throw storeAway(new Error('the store is not open yet'))
    return opened
  }
  return {
    get chats() {
      return store().chats
    },
    get messages() {
      return store().messages
    },
    ping: async () => await store().ping(),
    async open(open) {
      const fresh = await open(closing.signal)
      if (closing.signal.aborted) {
        await fresh.close()
        closing.signal.throwIfAborted()
      }
      opened = fresh
    },
    async close() {
      closing.abort()
      await opened?.close()
    },
  }
}
