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
  /** Why it failed or is being retried, in the words of the API. */
  reason?: string
  /** The API's code for that; an outbox that an earlier release has kept has none. */
  code?: number
  /** It failed for want of an answer only: it may do better when the way is clear again. */
  isPassing?: boolean
  /** Its id, once it is acknowledged. */
  id?: string
  /** The greatest seq of the chat that was known when it was written: its own is greater. */
  after: number
}

export interface Outbox {
  /** Calls back after each change; answers how to stop that. */
  subscribe(listener: () => void): () => void
  /** All messages on their way, in the order they were written. The same array until something changes. */
  snapshot(): readonly OutgoingMessage[]
  /** @param after the greatest seq of the chat that is known */
  write(cid: string, text: string, after: number): void
  /** Sends one that failed again, with the key it had. */
  retry(key: string): void
  /** Takes one out: it failed and is not wanted any more, or it is in the chat. */
  drop(key: string): void
  /** The way is clear again: what waits, or was given up for want of an answer, is sent at once. */
  wake(): void
  close(): void
}

/** Where messages are kept that are not acknowledged yet, so that a reload loses none. */
export interface OutboxStorage {
  read(): readonly OutgoingMessage[]
  write(messages: readonly OutgoingMessage[]): void
}

export interface OutboxOptions {
  send(cid: string, text: string, key: string): Promise<Message>
  /** Waits before the next attempt: as long as told, or until the signal. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  storage?: OutboxStorage
  /** Told of each message that was acknowledged. */
  onSent?: (message: Message) => void
  /** After how many attempts a message is marked as failed. */
  maxAttempts?: number
}

const maxWaitMs = 10_000

/**
 * Sends messages one at a time per chat, so that they arrive in the order they were written, and repeats an attempt
 * that got no clear answer with the same key until it is acknowledged.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const maxAttempts = options.maxAttempts ?? 60
  const listeners = new Set<() => void>()
  const busy = new Set<string>()
  let waking = new AbortController()
  let messages = (options.storage?.read() ?? []).map(restored)
  let closed = false

  const set = (next: OutgoingMessage[]): void => {
    messages = next
    options.storage?.write(next.filter(({ state }) => state !== 'sent'))
    for (const listener of listeners) listener()
  }
  const update = (key: string, change: Partial<OutgoingMessage>): void =>
    set(messages.map((message) => (message.key === key ? { ...message, ...change } : message)))

  async function deliver({ cid, text, key }: OutgoingMessage): Promise<void> {
    for (let attempt = 1; !closed; attempt++) {
      try {
        const message = await options.send(cid, text, key)
        update(key, { state: 'sent', id: message.id, after: message.seq - 1 })
        options.onSent?.(message)
        return
      } catch (error) {
        if (error instanceof ApiError && error.endsSession) {
          // Not the message's fault: it is kept, and sent when one has signed in again.
          closed = true
          return
        }
        const reason = error instanceof Error ? error.message : String(error)
        const passing = error instanceof ApiError && error.isPassing
        const why = { reason, ...(error instanceof ApiError ? { code: error.code } : {}) }
        if (!passing || attempt === maxAttempts) {
          update(key, { state: 'failed', ...why, isPassing: passing })
          return
        }
        update(key, { state: 'retrying', ...why })
        await options.wait(error.retryAfterMs ?? Math.min(250 * 2 ** attempt, maxWaitMs), waking.signal)
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

  function retry(key: string): void {
    const message = messages.find((one) => one.key === key)
    if (message?.state !== 'failed') return
    update(key, { state: 'sending' })
    void work(message.cid)
  }

  for (const { cid } of messages) void work(cid)

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    snapshot: () => messages,
    write(cid, text, after) {
      set([...messages, { key: newKey(), cid, text, after, state: 'sending' }])
      void work(cid)
    },
    retry,
    drop: (key) => set(messages.filter((message) => message.key !== key)),
    wake() {
      waking.abort()
      waking = new AbortController()
      for (const { key, state, isPassing } of messages) if (state === 'failed' && isPassing) retry(key)
    },
    close() {
      closed = true
      waking.abort()
    },
  }
}

/** What was on its way when the page was left is sent again: its key makes sure that it is stored once. */
function restored({
  key,
  cid,
  text,
  after,
  state,
  reason,
  code,
  isPassing = false,
}: OutgoingMessage): OutgoingMessage {
  const failed = state === 'failed' && reason !== undefined && !isPassing
  if (!failed) return { key, cid, text, after, state: 'sending' }
  return { key, cid, text, after, state, reason, ...(code === undefined ? {} : { code }) }
}
