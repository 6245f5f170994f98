import type { Bus, BusEvent } from '@roundtable/common/bus/bus'
import { topics } from '@roundtable/common/bus/bus'
import { parseJson } from '@roundtable/common/bus/event-wire'
import { ChatEvent } from '@roundtable/common/chat-events'
import {
  type LogEntry,
  type MembersEntry,
  Message,
  ResourceId,
  UserId,
} from '@roundtable/common/dialogue-wire'
import { AppError, errorCodes } from '@roundtable/common/errors'
import type { Logger } from '@roundtable/common/logger'
import { z } from 'zod'
import type { Chat, Member } from './chat.ts'
import { ChatTable } from './chat-table.ts'
import { createComparison } from './compare-heads.ts'
import { createDelivery } from './delivery.ts'
import { encode } from './frames.ts'
import type { ChatLog } from './ports/chat-log.ts'
import { createPresence } from './presence.ts'
import { attach, detach, UsersTable } from './users-table.ts'

/** Topic liveEvents, name typing, key cid. */
const Typing = z.object({ cid: ResourceId, uid: UserId })

export interface HubOptions {
  log: ChatLog
  bus: Pick<Bus, 'publish' | 'subscribe'>
  logger: Logger
  /** Milliseconds that only grow. */
  now?: () => number
}

/** What all sockets of one backend share: one subscription of the bus, and what is known of their chats. */
export interface Hub {
  /**
   * Finds the member's chats, sends `ready` and what is missing; from then on what happens.
   * @param has by chat, the greatest seq that the client has
   * @throws AppError 4290 when the user has too many sockets; 5030, 5032 when nobody can tell which chats these are
   */
  admit(member: Member, has: Readonly<Record<string, number>>): Promise<void>
  /** What follows these places is sent again. */
  resume(member: Member, has: Readonly<Record<string, number>>): void
  leave(member: Member): void
  /**
   * A node has answered that this is stored: who is connected here is sent it at once, and the event that tells of it
   * changes nothing any more.
   * @param message JSON, as it was answered
   */
  posted(cid: string, message: Buffer): void
  /** @returns whether the user is in this chat */
  typing(member: Member, cid: string): boolean
  /** To be called twice a second. */
  tick(): void
  close(): void
}

const maxAdmissionReads = 5
const maxSocketsOfUser = 20
const tidyMs = 5_000

export function createHub({ log, bus, logger, now = () => performance.now() }: HubOptions): Hub {
  const chats = new ChatTable()
  const users = new UsersTable()
  let tidiedAt = now()

  const changed = (uid: number, chat: Chat): void => {
    const user = users.get(uid)
    if (!user) return
    user.version++
    user.changedAt.set(chat.cid, now())
  }

  /** @param next where to begin with those who are not in it yet */
  const join = (uid: number, chat: Chat, next: number): void => {
    for (const member of users.get(uid)?.members ?? []) {
      if (!member.ready || member.chats.has(chat)) continue
      attach(member, chat, next)
      presence.joined(member, chat)
      delivery.bring(member, chat)
    }
  }

  /** Someone who is in a chat, as its newest entry says, and may not have been told so. */
  const joinUntold = (uid: number, chat: Chat, seq: number): void => {
    const user = users.get(uid)
    const untold = [...(user?.members ?? [])].filter(({ chats }) => !chats.has(chat))
    if (!user || untold.length === 0) return
    // One whose chats are being read is in none yet: only a new chat may be missing from the answer.
    if (seq === 1 || untold.some(({ ready }) => ready)) changed(uid, chat)
    // Who came into it unheard has missed what came before; who is in more chats than are named has not.
    join(uid, chat, user.hasMoreChats ? seq : 1)
  }

  const part = (uid: number, chat: Chat): void => {
    for (const member of users.get(uid)?.members ?? []) detach(member, chat)
    presence.parted(uid, chat)
  }

  const onMembers = (chat: Chat, entry: MembersEntry): void => {
    for (const uid of entry.removed) {
      changed(uid, chat)
      part(uid, chat)
    }
    for (const uid of entry.added) {
      changed(uid, chat)
      join(uid, chat, entry.seq)
    }
  }

  const delivery = createDelivery({ log, logger, onMembers, onStranger: part })
  const presence = createPresence({ bus, users, chats, now })
  const comparison = createComparison({ log, logger, users, chats, delivery, join, part, now })

  const onEntry = (cid: string, entry: LogEntry, members: readonly number[]): void => {
    const chat = chats.open(cid, entry.seq, now())
    chats.touch(chat, now())
    delivery.take(chat, entry)
    // Only the newest entry tells who is in it by now.
    if (entry.seq === chat.window.head) for (const uid of members) joinUntold(uid, chat, entry.seq)
  }

  const toMembers = (chat: Chat | undefined, frame: () => Buffer, except?: number): void => {
    if (!chat || chat.members.size === 0) return
    const bytes = frame()
    for (const member of chat.members.keys()) if (member.uid !== except) member.send(bytes)
  }

  const onChatEvent = ({ name, body }: BusEvent): void => {
    const event = ChatEvent.parse({ name, body })
    if (event.name === 'read') {
      const { cid, uid, seq } = event.body
      toMembers(chats.get(cid), () => encode({ type: 'read', cid, uid, seq }))
    } else {
      const { cid, entry, users: members } = event.body
      onEntry(cid, entry, members)
    }
  }

  const onLiveEvent = ({ name, body }: BusEvent): void => {
    if (name === 'typing') {
      const { cid, uid } = Typing.parse(body)
      toMembers(chats.get(cid), () => encode({ type: 'typing', cid, uid }), uid)
    } else {
      presence.onEvent(name, body)
    }
  }

  // What happened before the subscription stood was not told either.
  const missed = (doWhat: () => void) => ({ onReady: doWhat, onBreak: doWhat })
  const subscriptions = [
    bus.subscribe(
      topics.chatEvents,
      onChatEvent,
      missed(() => comparison.compareAll()),
    ),
    bus.subscribe(
      topics.liveEvents,
      onLiveEvent,
      missed(() => presence.askAll()),
    ),
  ]

  /** The heads as they are while nothing changes: events that come meanwhile may be newer than an answer. */
  const readHeads = async (member: Member): Promise<ReadonlyMap<string, number>> => {
    const user = users.add(member, now())
    for (let reads = 1; ; reads++) {
      const { version } = user
      const heads = await log.heads(member.uid)
      user.hasMoreChats = heads.hasMore
      if (user.version === version || reads === maxAdmissionReads) return heads.chats
    }
  }

  return {
    async admit(member, has) {
      if ((users.get(member.uid)?.members.size ?? 0) >= maxSocketsOfUser) {
        throw new AppError(
          errorCodes.slowDown,
          `a user may have ${maxSocketsOfUser} live sockets: close another one`,
        )
      }
      const heads = await readHeads(member)
      if (!member.isOpen) return
      for (const [cid, seq] of Object.entries(has)) if (!heads.has(cid)) member.left.set(cid, seq + 1)
      for (const [cid, lastSeq] of heads) {
        const chat = chats.open(cid, lastSeq + 1, now())
        attach(member, chat, (has[cid] ?? lastSeq) + 1)
      }
      member.ready = true
      member.send(encode({ type: 'ready', userId: member.uid, chats: Object.fromEntries(heads) }))
      for (const chat of member.chats) {
        delivery.know(chat, heads.get(chat.cid) ?? 0)
        delivery.bring(member, chat)
      }
      presence.arrived(member)
    },

    resume(member, has) {
      for (const [cid, seq] of Object.entries(has)) {
        const chat = chats.get(cid)
        const cursor = chat?.members.get(member)
        if (!chat || !cursor) continue
        // A new cursor: what is on its way for the old one is not sent.
        chat.members.set(member, { next: seq + 1 })
        delivery.bring(member, chat)
      }
    },

    leave(member) {
      users.remove(member)
      presence.left(member.uid)
    },

    posted(cid, message) {
      const chat = chats.get(cid)
      if (!chat || chat.members.size === 0) return
      const { data: entry } = Message.safeParse(parseJson(message.toString()))
      if (entry?.cid === cid) delivery.take(chat, entry)
    },

    typing(member, cid) {
      const chat = chats.get(cid)
      if (!chat?.members.has(member)) return false
      bus.publish(topics.liveEvents, { key: cid, name: 'typing', body: { cid, uid: member.uid } })
      return true
    },

    tick() {
      delivery.retry()
      comparison.tick()
      presence.tick()
      if (now() - tidiedAt < tidyMs) return
      tidiedAt = now()
      chats.tidy(tidiedAt)
    },

    close() {
      for (const subscription of subscriptions) subscription.close()
    },
  }
}
