import type { ChatEvent } from '@roundtable/common/chat-events'
import type { LogEntry } from '@roundtable/common/dialogue-wire'
import { AppError, errorCodes } from '@roundtable/common/errors'
import type { ChatLog } from './ports/chat-log.ts'
import { reviseEntry } from './revise-entry.ts'

const revOf = (message: LogEntry | undefined): number =>
  message?.object === 'message' ? (message.rev ?? 0) : 0

type NewEntry = { text: string } | { added: number[]; removed: number[] }

/** The store of the dialogue nodes as the live socket sees it, in memory: answers come later, as over a network. */
export function createMemoryChatLog() {
  const chats = new Map<string, { users: Set<number>; log: LogEntry[] }>()
  const marks: [uid: number, cid: string, seq: number][] = []
  let isAway = false
  let mostHeads = 500
  let reads = 0

  const later = async (): Promise<void> => {
    reads++
    await new Promise((resolve) => setImmediate(resolve))
    if (isAway) throw new AppError(errorCodes.storeAway, 'the store is away')
  }
  const chatOf = (uid: number, cid: string) => {
    const chat = chats.get(cid)
    if (!chat?.users.has(uid)) throw new AppError(errorCodes.notFound, 'there is no such chat')
    return chat
  }

  const log: ChatLog = {
    async heads(uid) {
      await later()
      const own = [...chats].filter(([, { users }]) => users.has(uid))
      const named = own.slice(0, mostHeads).map(([cid, { log }]) => [cid, log.length] as const)
      return { chats: new Map(named), hasMore: own.length > mostHeads }
    },
    async entriesAfter(uid, cid, after, limit) {
      await later()
      return chatOf(uid, cid).log.slice(after, after + limit)
    },
    async markRead(uid, cid, seq) {
      await later()
      chatOf(uid, cid)
      marks.push([uid, cid, seq])
    },
  }

  return {
    log,
    marks,
    get reads() {
      return reads
    },
    setAway(away: boolean) {
      isAway = away
    },
    setMostHeads(most: number) {
      mostHeads = most
    },
    makeChat(cid: string, users: readonly number[]) {
      chats.set(cid, { users: new Set(users), log: [] })
    },
    /** Edits or deletes a message, and answers the event that tells of it. */
    change(cid: string, id: string, how: { text: string } | 'deletion'): ChatEvent {
      const { users, log } = chats.get(cid) ?? { users: new Set<number>(), log: [] }
      const message = log.find((entry) => entry.id === id && entry.object === 'message')
      const body = { cid, seq: log.length + 1, users: [...users] }
      const at = { id, cid, uid: message?.uid ?? 0, seq: body.seq, createdAt: 1_700_000_000 }
      const entry =
        how === 'deletion'
          ? { object: 'deletion' as const, ...at }
          : { object: 'edit' as const, ...at, ...how, editedAt: 1_700_000_001, rev: revOf(message) + 1 }
      for (const [i, one] of log.entries()) log[i] = reviseEntry(one, entry)
      log.push(entry)
      return entry.object === 'edit'
        ? { name: 'edited', body: { ...body, entry } }
        : { name: 'deleted', body: { ...body, entry } }
    },
    /** Stores an entry, and answers the event that tells of it. */
    append(cid: string, uid: number, what: NewEntry): ChatEvent {
      const { users, log } = chats.get(cid) ?? { users: new Set<number>(), log: [] }
      const seq = log.length + 1
      const id = seq.toString(16).padStart(24, '0')
      const common = { id, cid, uid, seq, createdAt: 1_700_000_000 }
      if ('text' in what) {
        const entry = { object: 'message' as const, ...common, text: what.text }
        log.push(entry)
        return { name: 'message', body: { cid, seq, entry, users: [...users] } }
      }
      for (const one of what.added) users.add(one)
      for (const one of what.removed) users.delete(one)
      const entry = { object: 'members' as const, ...common, ...what }
      log.push(entry)
      return { name: 'members', body: { cid, seq, entry, users: [...users] } }
    },
  }
}
