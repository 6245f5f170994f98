import type { Logger } from '@roundtable/common/logger'
import type { Chat } from './chat.ts'
import type { ChatTable } from './chat-table.ts'
import type { Delivery } from './delivery.ts'
import type { ChatLog } from './ports/chat-log.ts'
import type { LocalUser, UsersTable } from './users-table.ts'

/** How often the store is asked whether anything was missed. */
const everyMs = 5_000
/** How often each user is asked for, also when all their chats were compared through others. */
const everyUserMs = 60_000
/** Most users asked for each time: the others' turn comes later. */
const maxUsers = 100
/** So many at once. */
const maxAtOnce = 8
/** After a failure. */
const retryMs = 1_000
/** After so many the store is taken to be away. */
const maxFailures = 8
/** An answer of the store may be so much older than an event. */
const graceMs = 10_000

export interface ComparisonOptions {
  log: Pick<ChatLog, 'heads'>
  logger: Logger
  users: UsersTable
  chats: ChatTable
  delivery: Pick<Delivery, 'know' | 'bring'>
  join: (uid: number, chat: Chat, next: number) => void
  part: (uid: number, chat: Chat) => void
  now: () => number
}

export interface Comparison {
  /** Events may have been lost: everybody's chats are compared, now. */
  compareAll(): void
  tick(): void
}

/** Finds what no event told: by comparing what is known of the users' chats with the store. */
export function createComparison(options: ComparisonOptions): Comparison {
  const { log, logger, users, chats, delivery, join, part, now } = options
  let ranAt = now()
  let failures = 0
  let isWantedAgain = false
  let running = false

  const compare = async (user: LocalUser): Promise<void> => {
    if (![...user.members].some(({ ready }) => ready)) return
    const startedAt = now()
    const { version } = user
    user.comparedAt = startedAt
    const { chats: heads, hasMore } = await log.heads(user.uid)
    // A change came meanwhile, of which this answer may not know; or the user went, and has come again.
    if (user.version !== version || !users.isHere(user)) return
    user.hasMoreChats = hasMore
    for (const [cid, changedAt] of user.changedAt) {
      if (changedAt < startedAt - graceMs) user.changedAt.delete(cid)
    }
    for (const [cid, head] of heads) {
      const chat = chats.open(cid, head + 1, startedAt)
      chat.comparedAt = startedAt
      // Nobody told that the user came into it, so nothing of it was told.
      if (!user.changedAt.has(cid)) join(user.uid, chat, 1)
      delivery.know(chat, head)
    }
    if (hasMore) return
    for (const member of user.members) {
      for (const chat of member.ready ? member.chats : []) {
        if (!heads.has(chat.cid) && !user.changedAt.has(chat.cid)) part(user.uid, chat)
      }
    }
  }

  const isDue = (user: LocalUser, at: number): boolean => {
    if (user.comparedAt <= at - everyUserMs) return true
    for (const member of user.members) {
      for (const chat of member.chats) if (chat.comparedAt < at - everyMs / 2) return true
    }
    return false
  }

  const run = async (): Promise<void> => {
    running = true
    ranAt = now()
    failures = 0
    const candidates = [...users.all()].values()
    let left = maxUsers
    const lane = async (): Promise<void> => {
      for (const user of candidates) {
        if (failures >= maxFailures) return
        const isUrgent = user.comparedAt === Number.NEGATIVE_INFINITY
        // Asked only now: the chats of this user may have been compared through another one meanwhile.
        if (!users.isHere(user) || !(isUrgent || (left > 0 && isDue(user, ranAt)))) continue
        if (!isUrgent) left--
        users.moveToEnd(user)
        await compare(user).catch((error: unknown) => {
          failures++
          user.comparedAt = Number.NEGATIVE_INFINITY
          logger.debug({ err: error }, 'cannot compare chats with the store, trying again')
        })
      }
    }
    await Promise.all(Array.from({ length: maxAtOnce }, lane))
    running = false
    if (isWantedAgain) {
      isWantedAgain = false
      void run()
    }
  }

  return {
    compareAll() {
      for (const user of users.all()) user.comparedAt = Number.NEGATIVE_INFINITY
      if (running) isWantedAgain = true
      else void run()
    },
    tick() {
      if (!running && now() - ranAt >= (failures > 0 ? retryMs : everyMs)) void run()
    },
  }
}
