import { setTimeout as sleep } from 'node:timers/promises'
import { connectLive, type LiveConnection, type LiveFrame, placesOf } from './live-client.ts'

/** A client that stays connected, as a page does: through the next backend when one is gone. */
export interface LiveFollower {
  /** By chat, the seqs in the order in which they were seen. */
  readonly seen: ReadonlyMap<string, readonly number[]>
  readonly frames: readonly LiveFrame[]
  /** How often it had to connect. */
  readonly connects: number
  /** It is connected and has been told its chats. */
  readonly isReady: boolean
  /** Cuts the connection, as a network does; it connects again by itself. */
  cut(): void
  stop(): Promise<void>
}

const retryMs = 50

/**
 * Follows all chats of a user from their beginning, or from where it was told them first.
 * @param backends their addresses now: http://host:port
 * @param onFrame is told each frame as it comes
 */
export function followLive(options: {
  backends: () => readonly string[]
  token: string
  first?: number
  has?: Record<string, number>
  onFrame?: (frame: LiveFrame) => void
}): LiveFollower {
  const { backends, token, onFrame } = options
  const seen = new Map<string, number[]>()
  const frames: LiveFrame[] = []
  const has: Record<string, number> = { ...options.has }
  let turn = options.first ?? 0
  let connects = 0
  let isReady = false
  let isStopped = false
  let current: LiveConnection | undefined

  const take = (frame: LiveFrame): void => {
    frames.push(frame)
    onFrame?.(frame)
    if (frame.type === 'ready') {
      isReady = true
      for (const [cid, seq] of Object.entries(frame.chats ?? {})) has[cid] ??= seq
    }
    const places = placesOf(frame)
    if (!places) return
    const known = seen.get(places.cid) ?? []
    seen.set(places.cid, known)
    for (const seq of places.seqs) {
      known.push(seq)
      has[places.cid] = seq
    }
  }

  const follow = async (): Promise<void> => {
    while (!isStopped) {
      const urls = backends()
      const url = urls[turn++ % urls.length] ?? ''
      try {
        connects++
        current = await connectLive(url, token, { chats: has, onFrame: take })
        if (isStopped) current.close()
        await current.closed
        const retryAfterMs = current.frames.at(-1)?.retryAfterMs
        isReady = false
        await sleep(retryAfterMs ?? retryMs)
      } catch {
        await sleep(retryMs)
      }
    }
  }
  const following = follow()

  return {
    seen,
    frames,
    get connects() {
      return connects
    },
    get isReady() {
      return isReady
    },
    cut() {
      isReady = false
      current?.close()
    },
    async stop() {
      isStopped = true
      current?.close()
      await following
    },
  }
}
