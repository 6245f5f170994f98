import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient } from './api-client.ts'
import type { Member, Room } from './crowd.ts'

/** A message that the API has acknowledged. */
export interface Acknowledged {
  cid: string
  id: string
  seq: number
  uid: number
  text: string
}

export interface LiveWriters {
  /** So far, in no order. */
  readonly acknowledged: readonly Acknowledged[]
  /** Ends when all is written. */
  readonly done: Promise<void>
}

/** How long a client waits before it sends again what was not accepted. */
const retryMs = 100

/**
 * Writes into all chats in turn at a steady rate, by their members in turn; each message is sent again with the same key
 * until it is acknowledged.
 * @param onSend is told each text just before it is sent first
 */
export function startWriters(options: {
  client: ApiClient
  rooms: readonly Room[]
  messages: number
  ratePerS: number
  /** Most messages under way: as many wait for their acknowledgement, the others for their turn. */
  atOnce: number
  onSend?: (text: string) => void
}): LiveWriters {
  const { client, rooms, messages, ratePerS, atOnce, onSend } = options
  const acknowledged: Acknowledged[] = []
  const run = randomUUID().slice(0, 8)
  const begun = performance.now()

  async function write(number: number): Promise<void> {
    const { cid, members } = rooms[number % rooms.length] as Room
    const { uid, token } = members[Math.floor(number / rooms.length) % members.length] as Member
    const text = `message ${number} of ${run}`
    const path = `/v1/chats/${cid}/messages`
    const call = { method: 'POST', path, token, body: { txt: text }, idempotencyKey: randomUUID() } as const
    onSend?.(text)
    for (let first = 0; ; first++) {
      const { status, body } = await client.call(call, first)
      if (status === 201) {
        acknowledged.push({ cid, id: body.id ?? '', seq: body.seq ?? 0, uid, text })
        return
      }
      if (status !== 0 && status !== 503) throw new Error(`${text}: ${status} ${JSON.stringify(body)}`)
      await sleep(retryMs)
    }
  }

  let next = 0
  async function writeOn(): Promise<void> {
    while (next < messages) {
      const number = next++
      const dueMs = (number / ratePerS) * 1_000 - (performance.now() - begun)
      if (dueMs > 0) await sleep(dueMs)
      await write(number)
    }
  }

  const done = Promise.all(Array.from({ length: atOnce }, writeOn)).then(() => {})
  return { acknowledged, done }
}
