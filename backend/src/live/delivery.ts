import type { LogEntry, MembersEntry } from '@roundtable/common/dialogue-wire'
import { AppError, errorCodes } from '@roundtable/common/errors'
import type { Logger } from '@roundtable/common/logger'
import pLimit from 'p-limit'
import { type Chat, frameOf, type Member, type ToldEntry } from './chat.ts'
import { type ChatCursor, maxCatchUp, nextStep, takes } from './chat-cursor.ts'
import { encode } from './frames.ts'
import type { ChatLog } from './ports/chat-log.ts'
import { reviseEntry } from './revise-entry.ts'

/** Reads of the store under way at once. */
const maxReads = 32
const pageSize = 200

export interface DeliveryOptions {
  log: Pick<ChatLog, 'entriesAfter'>
  logger: Logger
  /** What an entry says about members is to be done, before any later entry is told. */
  onMembers: (chat: Chat, entry: MembersEntry) => void
  /** The store says that the user is no member. */
  onStranger: (uid: number, chat: Chat) => void
}

export interface Delivery {
  /** Takes an entry from wherever it came, and tells what is next in order. */
  take(chat: Chat, entry: LogEntry): void
  /** Entries up to this seq are stored: reads those not known. */
  know(chat: Chat, head: number): void
  /** Brings one socket up to date. */
  bring(member: Member, chat: Chat): void
  /** Tries again what could not be read. */
  retry(): void
}

/** Tells each socket each entry of its chats once and in order, and reads what is missing from the store. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { log, logger, onMembers, onStranger } = options
  const inTurn = pLimit(maxReads)
  const stalledChats = new Set<Chat>()
  const stalledMembers = new Set<Member>()
  const bringing = new WeakSet<Member>()

  const read = (uid: number, chat: Chat, after: number, limit: number): Promise<LogEntry[]> =>
    inTurn(() => log.entriesAfter(uid, chat.cid, after, limit))

  /** @returns whether the trouble is settled: else it is worth trying again later */
  const failed = (error: unknown, uid: number, chat: Chat): boolean => {
    const isStranger = error instanceof AppError && error.code === errorCodes.notFound
    if (isStranger) onStranger(uid, chat)
    else logger.debug({ err: error, cid: chat.cid }, 'cannot read what is missing in a chat, trying again')
    return isStranger
  }

  const advance = (chat: Chat): void => {
    const { window } = chat
    for (chat.told = Math.max(chat.told, window.first); chat.told < window.next; ) {
      const told = window.at(chat.told++)
      if (!told) continue
      // Who comes later is sent nothing that was taken back.
      if (changesMessage(told.entry)) window.revise((earlier) => revised(earlier, told.entry))
      for (const [member, cursor] of chat.members) {
        if (!member.isCongested && takes(cursor, told)) member.send(frameOf(told))
        else bringOne(member, chat, cursor)
      }
      if (told.entry.object === 'members') onMembers(chat, told.entry)
    }
    if (window.missing !== undefined && !chat.filling) void fill(chat)
  }

  /** Sends what is held in memory; what is not, or does not fit, is left to {@link bringAll}. */
  const bringOne = (member: Member, chat: Chat, cursor: ChatCursor): void => {
    if (!member.isOpen || !member.ready || member.behind.has(chat)) return
    for (;;) {
      const step = nextStep(cursor, chat.window, chat.told)
      if (!step) return
      if (step.do !== 'send' || member.isCongested) break
      cursor.next++
      member.send(frameOf(step.entry))
    }
    member.behind.add(chat)
    if (!bringing.has(member)) void bringAll(member)
  }

  const bringAll = async (member: Member): Promise<void> => {
    bringing.add(member)
    for (const chat of member.behind) {
      try {
        await bringPages(member, chat)
        member.behind.delete(chat)
      } catch (error) {
        if (failed(error, member.uid, chat)) member.behind.delete(chat)
        else stalledMembers.add(member)
      }
      if (!member.isOpen) break
    }
    bringing.delete(member)
  }

  const bringPages = async (member: Member, chat: Chat): Promise<void> => {
    for (;;) {
      if (member.isCongested) await member.drained()
      const cursor = chat.members.get(member)
      if (!cursor || !member.isOpen) return
      const step = nextStep(cursor, chat.window, chat.told)
      if (!step) return
      if (step.do === 'send') {
        cursor.next++
        member.send(frameOf(step.entry))
      } else if (step.do === 'gap') {
        // What was passed over may have removed this user: the store must be asked.
        await read(member.uid, chat, step.to, 1)
        if (chat.members.get(member) !== cursor) continue
        member.send(encode({ type: 'gap', cid: chat.cid, from: step.from, to: step.to }))
        cursor.next = step.to + 1
      } else {
        const entries = await read(member.uid, chat, step.after, pageSize)
        if (entries.length === 0) throw new Error('the store does not show yet what is known to be in it')
        for (const entry of entries) {
          if (member.isCongested) await member.drained()
          if (chat.members.get(member) === cursor && takes(cursor, entry)) {
            member.send(frameOf({ seq: entry.seq, entry }))
          }
        }
      }
    }
  }

  /** Reads what the window misses: once, for all sockets of the chat. */
  const fill = async (chat: Chat): Promise<void> => {
    const { window } = chat
    chat.filling = true
    for (;;) {
      const [reader] = chat.members.keys()
      const after = window.missing
      if (after === undefined || !reader) break
      if (window.head - after > maxCatchUp) {
        window.restart(window.head + 1)
        advanceTo(chat)
        break
      }
      try {
        const entries = await read(reader.uid, chat, after, pageSize)
        for (const entry of entries) window.offer({ seq: entry.seq, entry })
        if (window.missing === after) throw new Error('the store does not show yet what is known to be in it')
        advance(chat)
      } catch (error) {
        if (failed(error, reader.uid, chat)) continue
        stalledChats.add(chat)
        break
      }
    }
    chat.filling = false
  }

  /** After entries were passed over: every socket is told which, once the store has confirmed that it may be. */
  const advanceTo = (chat: Chat): void => {
    chat.told = chat.window.first
    for (const [member, cursor] of chat.members) bringOne(member, chat, cursor)
  }

  return {
    take(chat, entry) {
      const told: ToldEntry = { seq: entry.seq, entry }
      const { window } = chat
      // Nobody here follows the chat: what came before this is read when someone does.
      if (chat.members.size === 0 && entry.seq > window.next) {
        window.restart(entry.seq)
        chat.told = entry.seq
      }
      window.offer(told)
      advance(chat)
    },

    know(chat, head) {
      chat.window.know(head)
      if (chat.window.missing !== undefined && !chat.filling) void fill(chat)
    },

    bring(member, chat) {
      const cursor = chat.members.get(member)
      if (cursor) bringOne(member, chat, cursor)
    },

    retry() {
      for (const chat of stalledChats) if (!chat.filling) void fill(chat)
      stalledChats.clear()
      for (const member of stalledMembers) {
        // One that is being brought other chats may have passed this one by: it waits for the next time.
        if (bringing.has(member)) continue
        stalledMembers.delete(member)
        if (member.isOpen) void bringAll(member)
      }
    },
  }
}

function changesMessage({ object }: LogEntry): boolean {
  return object === 'edit' || object === 'deletion'
}

function revised(told: ToldEntry, later: LogEntry): ToldEntry {
  const entry = reviseEntry(told.entry, later)
  return entry === told.entry ? told : { seq: told.seq, entry }
}
