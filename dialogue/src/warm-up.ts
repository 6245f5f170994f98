import { setTimeout as sleep } from 'node:timers/promises'
import { randomResourceId } from '@roundtable/common/resource-id'
import type { ChatStore } from './chats/store.ts'
import type { MessageStore } from './messages/store.ts'

/** Longest time spent, in ms. */
const longestMs = 1_000
/** Asked at once: as many connections to the database are there when users come. */
const width = 4
const rounds = 16
/** Nobody has this id. */
const nobody = 0

/** What is asked of the store. */
interface WarmedUp {
  chats: Pick<ChatStore, 'list'>
  messages: Pick<MessageStore, 'list' | 'append'>
}

/**
 * Asks the store what users will ask, about a chat that does not exist, so that nothing is stored or found. A program
 * just started is many times slower until its code is compiled and its connections are open; were its first requests
 * those of users, they would meet time-outs when the other nodes are busy or gone.
 */
export async function warmUp(store: WarmedUp): Promise<void> {
  const end = performance.now() + longestMs
  // A store that hangs must not keep the node off the list for as long as it does.
  await Promise.race([askUntil(end, store), sleep(longestMs, undefined, { ref: false })])
}

async function askUntil(end: number, store: WarmedUp): Promise<void> {
  for (let round = 0; round < rounds && performance.now() < end; round++) {
    await Promise.allSettled(
      Array.from({ length: width }, async () => {
        const cid = randomResourceId()
        await store.chats.list({ uid: nobody, limit: 1 })
        await store.messages.list({ cid, uid: nobody, limit: 1 }).catch(() => undefined)
        await store.messages.append({ id: randomResourceId(), cid, uid: nobody, txt: 'warm-up' })
      }),
    )
  }
}
