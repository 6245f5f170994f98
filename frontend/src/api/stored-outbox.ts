import type { OutboxStorage, OutgoingMessage } from './outbox.ts'

/** Keeps what one user has not got acknowledged yet, from one visit to the next. */
export function storedOutbox(userId: number): OutboxStorage {
  const name = `roundtable.outbox.${userId}`
  /** Keys of the messages that this page has had: another tab's are left alone. */
  const own = new Set<string>()
  const read = (): OutgoingMessage[] => {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(name) ?? '[]')
      return Array.isArray(kept) ? (kept as OutgoingMessage[]) : []
    } catch {
      return []
    }
  }
  return {
    read() {
      const messages = read()
      for (const { key } of messages) own.add(key)
      return messages
    },
    write(messages) {
      for (const { key } of messages) own.add(key)
      const all = [...read().filter(({ key }) => !own.has(key)), ...messages]
      try {
        if (all.length === 0) localStorage.removeItem(name)
        else localStorage.setItem(name, JSON.stringify(all))
      } catch {
        // The storage is full or forbidden: they are still sent as long as this page is open.
      }
    },
  }
}
