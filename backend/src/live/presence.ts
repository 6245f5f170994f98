import { randomUUID } from 'node:crypto'
import type { Bus } from '@roundtable/common/bus/bus'
import { topics } from '@roundtable/common/bus/bus'
import { ResourceId } from '@roundtable/common/dialogue-wire'
import { z } from 'zod'
import type { Chat, Member } from './chat.ts'
import type { ChatTable } from './chat-table.ts'
import { encode } from './frames.ts'
import type { UsersTable } from './users-table.ts'

/** Each backend tells so often that it is there. */
const aliveMs = 5_000
/** A backend that was not heard of for so long has no users any more. */
const leaseMs = 15_000
/** Who comes back within this time has not been away. */
const lingerMs = 5_000
/** Presence goes to this many of a user's chats, and of so many a socket is told who is there. */
const maxChats = 50
/** Most who are named to a socket when it comes. */
const maxNamed = 500
/** About so many frames are sent in one go: when all come back at once, messages are not held up by it. */
const framesOfTick = 4_000

const Cids = z.array(ResourceId).max(maxChats)
const Uids = z.array(z.int().positive())
const Backend = z.string().max(64)

/** Topic liveEvents: what backends tell each other of who is there. `backend` differs with each start. */
export const presenceEvents = {
  /** A user's first socket came, or the last one went. */
  presence: z.object({ backend: Backend, uid: z.int().positive(), online: z.boolean(), cids: Cids }),
  /** The lease of all that this backend has said. */
  alive: z.object({ backend: Backend }),
  /** Who of these chats is there? */
  who: z.object({ backend: Backend, cids: Cids }),
  /** These are, of its own users, and nobody else. */
  here: z.object({ backend: Backend, chats: z.record(ResourceId, Uids) }),
} as const

export interface PresenceOptions {
  bus: Pick<Bus, 'publish'>
  users: UsersTable
  chats: ChatTable
  now: () => number
}

/** Who is online, as told to those who share a chat with them. Nothing of it is stored. */
export interface Presence {
  onEvent(name: string, body: unknown): void
  /** A socket is ready. */
  arrived(member: Member): void
  /** A socket was closed. */
  left(uid: number): void
  /** A socket's user came into a chat, or is out of it. */
  joined(member: Member, chat: Chat): void
  parted(uid: number, chat: Chat): void
  /** Asks all backends who is there. */
  askAll(): void
  tick(): void
}

export function createPresence({ bus, users, chats, now }: PresenceOptions): Presence {
  const backend = randomUUID()
  /** By chat that has sockets here, and by user: the backends that have one of theirs. */
  const there = new Map<string, Map<number, Set<string>>>()
  /** When each other backend was last heard of. */
  const leases = new Map<string, number>()
  /** The users whose presence was told from here, and to which chats. */
  const announced = new Map<number, Set<string>>()
  const leftAt = new Map<number, number>()
  /** What is told at the next tick: presence is never in the way of messages. */
  const changes = new Map<number, { online: boolean; cids: Set<string> }>()
  const newcomers = new Set<Member>()
  const unknown = new Set<string>()
  let aliveAt = Number.NEGATIVE_INFINITY

  // One key for all that a backend says: who left after an answer was given must not seem to have left before.
  const publish = (name: keyof typeof presenceEvents, body: object): void =>
    bus.publish(topics.liveEvents, { key: backend, name, body: { backend, ...body } })

  const set = (cid: string, uid: number, by: string, online: boolean): void => {
    const present = there.get(cid)
    if (!present) return
    const backends = present.get(uid) ?? new Set()
    const was = backends.size > 0
    if (online) backends.add(by)
    else backends.delete(by)
    if (backends.size > 0) present.set(uid, backends)
    else present.delete(uid)
    if (was === backends.size > 0) return
    const change = changes.get(uid) ?? { online, cids: new Set() }
    change.online = online
    change.cids.add(cid)
    changes.set(uid, change)
  }

  const follow = (cid: string): void => {
    if (there.has(cid)) return
    there.set(cid, new Map())
    unknown.add(cid)
  }

  const announce = (uid: number, cids: readonly string[]): void => {
    const known = announced.get(uid) ?? new Set()
    const fresh = cids.filter((cid) => !known.has(cid)).slice(0, maxChats - known.size)
    for (const cid of fresh) known.add(cid)
    announced.set(uid, known)
    for (const cid of known) set(cid, uid, backend, true)
    if (fresh.length > 0) publish('presence', { uid, online: true, cids: fresh })
  }

  const withdraw = (uid: number): void => {
    const cids = [...(announced.get(uid) ?? [])]
    announced.delete(uid)
    for (const cid of cids) set(cid, uid, backend, false)
    if (cids.length > 0) publish('presence', { uid, online: false, cids })
  }

  const renew = (by: string): void => {
    const isNew = !leases.has(by)
    leases.set(by, now())
    // What it told before we knew it was not kept.
    if (isNew) for (const cid of there.keys()) unknown.add(cid)
  }

  const endLeases = (): void => {
    for (const [by, seenAt] of leases) {
      if (now() - seenAt < leaseMs) continue
      leases.delete(by)
      for (const [cid, present] of there) for (const uid of present.keys()) set(cid, uid, by, false)
    }
  }

  const answer = (cids: readonly string[]): void => {
    const here: Record<string, number[]> = {}
    for (const cid of cids) {
      // Also who went a moment ago and may come back: nobody was told that they went.
      const present = [...(there.get(cid) ?? [])].filter(([, backends]) => backends.has(backend))
      here[cid] = present.map(([uid]) => uid)
    }
    publish('here', { chats: here })
  }

  const ask = (): void => {
    const cids = [...unknown]
    unknown.clear()
    for (let from = 0; from < cids.length; from += maxChats) {
      publish('who', { cids: cids.slice(from, from + maxChats) })
    }
  }

  /** @returns how many frames that took */
  const tellChange = (uid: number, online: boolean, cids: ReadonlySet<string>): number => {
    const members = new Set([...cids].flatMap((cid) => [...(chats.get(cid)?.members.keys() ?? [])]))
    const told = [...members].filter((member) => member.uid !== uid && !(online && newcomers.has(member)))
    const frame = encode({ type: 'presence', uid, online })
    for (const member of told) member.send(frame)
    return told.length
  }

  /** @returns how many frames that took */
  const tellNewcomer = (member: Member): number => {
    const cids = [...member.chats].slice(0, maxChats).map(({ cid }) => cid)
    const uids = new Set(cids.flatMap((cid) => [...(there.get(cid)?.keys() ?? [])]))
    uids.delete(member.uid)
    const named = [...uids].slice(0, maxNamed)
    for (const uid of named) member.send(encode({ type: 'presence', uid, online: true }))
    return named.length
  }

  /** What is too much for one tick is told at the next, as it is by then. */
  const tell = (): void => {
    let frames = 0
    for (const [uid, { online, cids }] of changes) {
      if (frames >= framesOfTick) return
      changes.delete(uid)
      frames += tellChange(uid, online, cids)
    }
    for (const member of newcomers) {
      if (frames >= framesOfTick) return
      newcomers.delete(member)
      if (member.isOpen) frames += tellNewcomer(member)
    }
  }

  const stayAlive = (): void => {
    if (now() - aliveAt < aliveMs) return
    aliveAt = now()
    publish('alive', {})
    endLeases()
    for (const [cid, present] of there) {
      const isFollowed = (chats.get(cid)?.members.size ?? 0) > 0
      if (!isFollowed && ![...present.values()].some((backends) => backends.has(backend))) there.delete(cid)
    }
  }

  const handlers = {
    presence: (body) => {
      const { uid, online, cids, backend: by } = presenceEvents.presence.parse(body)
      for (const cid of cids) set(cid, uid, by, online)
    },
    alive: () => {},
    who: (body) => answer(presenceEvents.who.parse(body).cids),
    here: (body) => {
      const { backend: by, chats: present } = presenceEvents.here.parse(body)
      for (const [cid, uids] of Object.entries(present)) {
        // Those who left while nobody heard of it are not named.
        const named = new Set(uids)
        for (const uid of there.get(cid)?.keys() ?? []) if (!named.has(uid)) set(cid, uid, by, false)
        for (const uid of named) set(cid, uid, by, true)
      }
    },
  } satisfies Record<keyof typeof presenceEvents, (body: unknown) => void>

  return {
    onEvent(name, body) {
      const handle = Object.hasOwn(handlers, name) ? handlers[name as keyof typeof handlers] : undefined
      if (!handle) return
      const { backend: by } = presenceEvents.alive.parse(body)
      if (by === backend) return
      renew(by)
      handle(body)
    },

    arrived(member) {
      leftAt.delete(member.uid)
      const cids = [...member.chats].slice(0, maxChats).map(({ cid }) => cid)
      for (const cid of cids) follow(cid)
      announce(member.uid, cids)
      newcomers.add(member)
    },

    left(uid) {
      if (!users.get(uid)) leftAt.set(uid, now())
    },

    joined(member, chat) {
      follow(chat.cid)
      announce(member.uid, [chat.cid])
      newcomers.add(member)
    },

    parted(uid, chat) {
      there.get(chat.cid)?.delete(uid)
      announced.get(uid)?.delete(chat.cid)
    },

    askAll() {
      for (const cid of there.keys()) unknown.add(cid)
    },

    tick() {
      for (const [uid, at] of leftAt) {
        if (now() - at < lingerMs) continue
        leftAt.delete(uid)
        if (!users.get(uid)) withdraw(uid)
      }
      stayAlive()
      ask()
      tell()
    },
  }
}
