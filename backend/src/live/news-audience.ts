import type { Bus, BusEvent } from '@roundtable/common/bus/bus'
import { UserId } from '@roundtable/common/dialogue-wire'
import type { Logger } from '@roundtable/common/logger'
import pLimit from 'p-limit'
import { z } from 'zod'
import { EventObject } from '../news/schemas.ts'
import type { NewsEvent } from '../news/store.ts'
import type { NewsSource } from './ports/news-source.ts'

/** Of more than so many whom a user follows, the rest is seen in the feed only. */
const maxFollowed = 5_000
/** So many of the latest events are looked at after a break. */
const maxMissed = 50
/** How often it is tried again to read whom users follow. */
const retryMs = 5_000
/** Questions to the store at once. */
const maxReads = 8

/** Someone who is told the news of those they follow. */
export interface Listener {
  readonly uid: number
  tell(event: NewsEvent): void
}

/** Who here is told what: the events of those they follow, and their own posts. */
export interface NewsAudience {
  /**
   * The listener is told from when it is known whom they follow. Resolves when that was asked; while the store is away it
   * is asked again, and again.
   */
  add(listener: Listener): Promise<void>
  remove(listener: Listener): void
  /** To be called twice a second. */
  tick(now: number): void
  close(): void
}

interface Reader {
  readonly uid: number
  readonly listeners: Set<Listener>
  followed: ReadonlySet<number>
  /** Grows with each reading: an earlier one that ends later says nothing. */
  version: number
  /** Events may have been lost of which the store knows. */
  hasMissed: boolean
  /** The events told last, so that none is told twice. */
  readonly told: Set<number>
  /** Unix seconds: what was before is not news. */
  readonly since: number
}

export interface NewsAudienceOptions {
  bus: Pick<Bus, 'subscribe'>
  /** The setting BUS_TOPIC. */
  topic: string
  source: NewsSource
  logger: Logger
}

const StoredEvent = EventObject.omit({ object: true })
/** Name block, which is no news: neither follows the other any more. */
const Block = z.object({ uid: UserId, friendId: UserId })

/** Keeps, for each user with a socket here, whom they follow: so an event costs no question to the store. */
export function createNewsAudience({ bus, topic, source, logger }: NewsAudienceOptions): NewsAudience {
  const inTurn = pLimit(maxReads)
  const readers = new Map<number, Reader>()
  /** By author, those here who follow them. */
  const audiences = new Map<number, Set<Reader>>()
  /** Those of whom something could not be read. */
  const unread = new Set<Reader>()
  let triedAt = 0

  const setFollowed = (reader: Reader, followed: ReadonlySet<number>): void => {
    for (const author of reader.followed) {
      const audience = audiences.get(author)
      audience?.delete(reader)
      if (audience?.size === 0) audiences.delete(author)
    }
    reader.followed = followed
    for (const author of followed) {
      const audience = audiences.get(author) ?? new Set()
      audiences.set(author, audience.add(reader))
    }
  }

  const readFollowed = async (reader: Reader): Promise<void> => {
    const version = ++reader.version
    const followed = await inTurn(() => source.followed(reader.uid, maxFollowed))
    if (reader.version === version && readers.get(reader.uid) === reader)
      setFollowed(reader, new Set(followed))
  }

  const tell = (reader: Reader, event: NewsEvent): void => {
    if (reader.told.has(event.id)) return
    reader.told.add(event.id)
    const [oldest] = reader.told
    if (reader.told.size > maxMissed && oldest !== undefined) reader.told.delete(oldest)
    for (const listener of reader.listeners) listener.tell(event)
  }

  const tellMissed = async (reader: Reader): Promise<void> => {
    // Before the answer, which may not know what is missed meanwhile.
    reader.hasMissed = false
    try {
      const latest = await inTurn(() => source.feed(reader.uid, { limit: maxMissed }))
      for (const event of latest.reverse()) if (event.ts >= reader.since) tell(reader, event)
    } catch (error) {
      reader.hasMissed = true
      throw error
    }
  }

  /** Never throws: what could not be read is read later. */
  const refresh = async (reader: Reader): Promise<void> => {
    unread.delete(reader)
    try {
      await readFollowed(reader)
      if (reader.hasMissed) await tellMissed(reader)
    } catch (error) {
      logger.debug({ err: error, uid: reader.uid }, 'cannot read the news of a user, trying again')
      if (readers.get(reader.uid) === reader) unread.add(reader)
    }
  }

  const unfollow = (uid: number, author: number): void => {
    const reader = readers.get(uid)
    if (!reader) return
    setFollowed(reader, new Set([...reader.followed].filter((one) => one !== author)))
    // A reading that began before may end after.
    void refresh(reader)
  }

  const onEvent = ({ name, body }: BusEvent): void => {
    if (name === 'block') {
      const { uid, friendId } = Block.parse(body)
      unfollow(uid, friendId)
      unfollow(friendId, uid)
      return
    }
    const { friendId, ...rest } = StoredEvent.parse({ name, ...(body as object) })
    const event: NewsEvent = { ...rest, ...(friendId === undefined ? {} : { friendId }) }
    for (const reader of audiences.get(event.uid) ?? []) tell(reader, event)
    const own = readers.get(event.uid)
    if (own && name === 'post') tell(own, event)
    if (own && (name === 'follow' || name === 'unfollow')) void refresh(own)
  }

  const catchUp = (): void => {
    for (const reader of readers.values()) {
      reader.hasMissed = true
      void refresh(reader)
    }
  }

  // What happened before the subscription stood was not told either.
  const subscription = bus.subscribe(topic, onEvent, { onReady: catchUp, onBreak: catchUp })

  return {
    async add(listener) {
      const { uid } = listener
      const known = readers.get(uid)
      const reader: Reader = known ?? {
        uid,
        listeners: new Set(),
        followed: new Set(),
        version: 0,
        hasMissed: false,
        told: new Set(),
        since: Math.floor(Date.now() / 1000),
      }
      readers.set(uid, reader)
      reader.listeners.add(listener)
      if (!known) await refresh(reader)
    },

    tick(now) {
      if (now - triedAt < retryMs) return
      triedAt = now
      for (const reader of unread) void refresh(reader)
    },

    remove(listener) {
      const reader = readers.get(listener.uid)
      reader?.listeners.delete(listener)
      if (!reader || reader.listeners.size > 0) return
      readers.delete(listener.uid)
      unread.delete(reader)
      setFollowed(reader, new Set())
    },

    close() {
      subscription.close()
    },
  }
}
