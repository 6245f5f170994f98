import type { ServerFrame } from '../api/frames.ts'

/** What is told of others while it lasts and kept nowhere: who is there, who is writing, up to where each has read. */
export interface Signals {
  subscribe(listener: () => void): () => void
  /** Changes with whatever is told below. */
  version(): number
  isOnline(uid: number): boolean
  /** Who is writing in a chat. */
  typing(cid: string): readonly number[]
  /** Up to where each user has read, as far as it is known. */
  readSeqs(cid: string): ReadonlyMap<number, number>
  take(frame: ServerFrame): void
  /** Takes marks that were asked for. */
  takeReadMark(cid: string, uid: number, seq: number): void
}

/** A client that goes on writing says so more often than this. */
const typingMs = 4_000

/** @param later calls back after so many ms */
export function createSignals(later: (ms: number, run: () => void) => void): Signals {
  const listeners = new Set<() => void>()
  const online = new Set<number>()
  const typing = new Map<string, Map<number, object>>()
  const reads = new Map<string, Map<number, number>>()
  let version = 0

  const changed = (): void => {
    version++
    for (const listener of listeners) listener()
  }
  const endTyping = (cid: string, uid: number, which?: object): void => {
    const users = typing.get(cid)
    if (!users?.has(uid) || (which && users.get(uid) !== which)) return
    users.delete(uid)
    changed()
  }
  const beginTyping = (cid: string, uid: number): void => {
    const which = {}
    typing.set(cid, (typing.get(cid) ?? new Map()).set(uid, which))
    later(typingMs, () => endTyping(cid, uid, which))
    changed()
  }
  const takeReadMark = (cid: string, uid: number, seq: number): void => {
    const marks = reads.get(cid) ?? new Map<number, number>()
    if ((marks.get(uid) ?? 0) >= seq) return
    reads.set(cid, new Map(marks).set(uid, seq))
    changed()
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    version: () => version,
    isOnline: (uid) => online.has(uid),
    typing: (cid) => [...(typing.get(cid)?.keys() ?? [])],
    readSeqs: (cid) => reads.get(cid) ?? new Map(),
    takeReadMark,
    take(frame) {
      switch (frame.type) {
        case 'ready':
          // Who is not named after it is not there.
          online.clear()
          typing.clear()
          return changed()
        case 'presence':
          if (frame.online) online.add(frame.uid)
          else online.delete(frame.uid)
          return changed()
        case 'typing':
          return beginTyping(frame.cid, frame.uid)
        case 'read':
          return takeReadMark(frame.cid, frame.uid, frame.seq)
        case 'message':
          return endTyping(frame.message.cid, frame.message.uid)
      }
    },
  }
}
