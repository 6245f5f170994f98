import type { Api } from '../api/create-api.ts'
import { ApiError } from '../api/request.ts'

/** Tells the API up to where one has read, and the page which chat one is reading. */
export interface ReadMarker {
  subscribe(listener: () => void): () => void
  /** The chat whose latest messages are in view. */
  watched(): string | undefined
  /** The latest messages of this chat are in view, until what is answered is called. */
  watch(cid: string): () => void
  /** One has read the chat up to here. */
  tell(cid: string, seq: number): void
  /** The way is clear again: what waits is told at once. */
  wake(): void
}

export interface ReadMarkerOptions {
  api: Pick<Api, 'markRead'>
  /** Waits before the next attempt: as long as told, or until the signal. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

const retryMs = 1_000
const maxRetryMs = 15_000

/** One request at a time for a chat, always with the latest place; a failure that passes is tried again. */
export function createReadMarker({ api, wait }: ReadMarkerOptions): ReadMarker {
  const listeners = new Set<() => void>()
  const wanted = new Map<string, number>()
  const told = new Map<string, number>()
  const busy = new Set<string>()
  let watched: string | undefined
  let waking = new AbortController()

  const setWatched = (cid: string | undefined): void => {
    watched = cid
    for (const listener of listeners) listener()
  }

  async function work(cid: string): Promise<void> {
    if (busy.has(cid)) return
    busy.add(cid)
    for (let attempt = 0; ; ) {
      const seq = wanted.get(cid) ?? 0
      if (seq <= (told.get(cid) ?? 0)) break
      try {
        await api.markRead(cid, seq)
        told.set(cid, seq)
        attempt = 0
      } catch (error) {
        const isPassing = error instanceof ApiError && error.isPassing
        // Refused, as in a chat that one is in no more: asked again it would be refused again.
        if (!isPassing) told.set(cid, seq)
        else await wait(error.retryAfterMs ?? Math.min(retryMs * 2 ** attempt++, maxRetryMs), waking.signal)
      }
    }
    busy.delete(cid)
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    watched: () => watched,
    watch(cid) {
      setWatched(cid)
      return () => {
        if (watched === cid) setWatched(undefined)
      }
    },
    tell(cid, seq) {
      wanted.set(cid, Math.max(wanted.get(cid) ?? 0, seq))
      void work(cid)
    },
    wake() {
      waking.abort()
      waking = new AbortController()
    },
  }
}
