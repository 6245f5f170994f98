import { newKey } from './new-key.ts'
import { ApiError } from './request.ts'
import type { Message } from './types.ts'

/** A message on its way. It stays here until it is seen in the chat itself. */
export interface OutgoingMessage {
  /** Its Idempotency-Key: however often it is sent, it is stored once. */
  key: string
  cid: string
  text: string
  state: 'sending' | 'retrying' | 'failed' | 'sent'
  /** Why it failed or is being retried. */
  reason?: string
  /** Its id, once it is acknowledged. */
  id?: string
}

export interface Outbox {
  /** Calls back after each change; answers how to stop that. */
  subscribe(listener: () => void): () => void
  /** All messages on their way, in the order they were written. The same array until something changes. */
  snapshot(): readonly OutgoingMessage[]
  write(cid: string, text: string): void
  /** Sends one that failed again, with the key it had. */
  retry(key: string): void
  /** Takes one out: it failed and is not wanted any more, or it is in the chat. */
  drop(key: string): void
  close(): void
}

export interface OutboxOptions {
  send(cid: string, text: string, key: string): Promise<Message>
  /** Waits before the next attempt. */
  wait(ms: number): Promise<void>
  /** After how many attempts a message is marked as failed. */
  maxAttempts?: number
}

/**
 * Sends messages one at a time per chat, so that they arrive in the order they were written, and repeats an attempt
 * that got no clear answer with the same key until it is acknowledged.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const maxAttempts = options.maxAttempts ?? 8
  const listeners = new Set<() => void>()
  const busy = new Set<string>()
  let messages: readonly OutgoingMessage[] = []
  let closed = false

  const set = (next: readonly OutgoingMessage[]): void => {
    messages = next
    for (const listener of listeners) listener()
  }
  const update = (key: string, change: Partial<OutgoingMessage>): void =>
    set(messages.map((message) => (message.key === key ? { ...message, ...change } : message)))

  async function deliver({ cid, text, key }: OutgoingMessage): Promise<void> {
    for (let attempt = 1; !closed; attempt++) {
      try {
        const { id } = await options.send(cid, text, key)
        update(key, { state: 'sent', id })
        return
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'It could not be sent.'
        const passing = error instanceof ApiError && error.isPassing
        if (!passing || attempt === maxAttempts) {
          update(key, { state: 'failed', reason })
          return
        }
        update(key, { state: 'retrying', reason })
        await options.wait(error.retryAfterMs ?? Math.min(500 * 2 ** attempt, 10_000))
      }
    }
  }

  async function work(cid: string): Promise<void> {
    if (busy.has(cid)) return
    busy.add(cid)
    try {
      for (;;) {
        const next = messages.find((message) => message.cid === cid && message.state === 'sending')
        if (!next || closed) return
        await deliver(next)
      }
    } finally {
      busy.delete(cid)
    }
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    snapshot: () => messages,
    write(cid, text) {
      set([...messages, { key: newKey(), cid, text, state: 'sending' }])
      void work(cid)
    },
    retry(key) {
      const message = messages.find((one) => one.key === key)
      if (message?.state !== 'failed') return
      update(key, { state: 'sending' })
      void work(message.cid)
    },
    drop: (key) => set(messages.filter((message) => message.key !== key)),
    close() {
      closed = true
    },
  }
}
