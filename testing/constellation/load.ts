import { randomUUID } from 'node:crypto'
import type { ApiAnswer, ApiUser } from './api-user.ts'

/** What happened to the requests of a load, as the users saw it. */
export interface LoadHistory {
  /** Requests answered as they should be. */
  answered: number
  /** What was answered otherwise, or not at all. */
  failed: string[]
  /** Texts of the messages whose storing was acknowledged, by chat. */
  acknowledged: Map<string, string[]>
  /** Texts of all messages that were ever sent, by chat. */
  sent: Map<string, string[]>
  /** How many requests each node served. */
  servedBy: Map<string, number>
}

export interface Load {
  /** What has happened so far. */
  readonly history: LoadHistory
  /** Sends no more, waits for the answers under way. */
  stop(): Promise<LoadHistory>
}

/** Longest a load runs, so that one left behind ends by itself. */
const longestMs = 120_000

/**
 * Reads and keyed posts in turn at a steady rate, whether or not earlier ones are answered (open loop).
 * No request is retried by the client.
 */
export function startLoad(options: { user: ApiUser; chats: readonly string[]; ratePerS?: number }): Load {
  const { user, chats, ratePerS = 100 } = options
  const history: LoadHistory = {
    answered: 0,
    failed: [],
    acknowledged: new Map(chats.map((cid) => [cid, []])),
    sent: new Map(chats.map((cid) => [cid, []])),
    servedBy: new Map(),
  }
  const underWay = new Set<Promise<void>>()
  let n = 0

  async function one(turn: number): Promise<void> {
    const cid = chats[Math.floor(turn / 2) % chats.length] ?? ''
    const path = `/v1/chats/${cid}/messages`
    const isPost = turn % 2 === 0
    const txt = `message ${turn}`
    if (isPost) history.sent.get(cid)?.push(txt)
    try {
      const answer = isPost
        ? await user.call('POST', path, { txt }, { 'idempotency-key': randomUUID() })
        : await user.call('GET', `${path}?limit=20`)
      note(answer, isPost ? 201 : 200)
      if (isPost && answer.status === 201) history.acknowledged.get(cid)?.push(txt)
    } catch (error) {
      history.failed.push(`request ${turn}: ${error}`)
    }
  }

  function note(answer: ApiAnswer, wanted: number): void {
    if (answer.status !== wanted) {
      history.failed.push(`${answer.status} ${JSON.stringify(answer.body)}`)
      return
    }
    history.answered++
    const node = answer.headers.get('x-served-by') ?? ''
    history.servedBy.set(node, (history.servedBy.get(node) ?? 0) + 1)
  }

  const send = () => {
    const request = one(n++).finally(() => underWay.delete(request))
    underWay.add(request)
  }
  const timer = setInterval(send, 1_000 / ratePerS)
  const end = setTimeout(() => clearInterval(timer), longestMs)
  return {
    history,
    async stop() {
      clearInterval(timer)
      clearTimeout(end)
      await Promise.all(underWay)
      return history
    },
  }
}

/** Every message of a chat, oldest first, read page by page. */
export async function readWholeChat(
  user: ApiUser,
  cid: string,
): Promise<{ seq: number; text: string; id: string }[]> {
  const messages: { seq: number; text: string; id: string }[] = []
  let cursor = ''
  do {
    const { body } = await user.call(
      'GET',
      `/v1/chats/${cid}/messages?limit=200${cursor && `&cursor=${cursor}`}`,
    )
    messages.push(...body.data)
    cursor = body.nextCursor ?? ''
  } while (cursor)
  return messages.reverse()
}
