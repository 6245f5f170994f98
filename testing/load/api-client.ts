import { Agent, request } from 'undici'
import type { ToldNode } from './told-node.ts'

/** An answer of a backend, its JSON read; the status is 0 when none came. */
export interface Answer {
  status: number
  body: Body
  servedBy?: string
  /** How often it was sent again, because no answer came at all. */
  repeats: number
}

/** The fields of the answers that the load looks at. */
interface Body {
  object?: string
  id?: string
  seq?: number
  code?: number
  users?: number[]
  token?: string
  userId?: number
  data?: Body[]
  nodes?: ToldNode[]
  uid?: number
  text?: string
  nextCursor?: string
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT'
  path: string
  token?: string
  body?: unknown
  idempotencyKey?: string
}

/** Longest a user waits for one answer. */
const patienceMs = 10_000
/** How often a client sends again what was not answered at all, each time through the next backend. */
const maxRepeats = 4

export interface ApiClient {
  /**
   * Sends a request through one of the backends. As a client is told to, it sends it again when no answer comes at
   * all, through the next backend and with the same key; an answer, whatever it says, is taken.
   */
  call(call: Call, first: number): Promise<Answer>
  close(): Promise<void>
}

/** @param backends their addresses now: http://host:port */
export function createApiClient(backends: () => readonly string[]): ApiClient {
  const agent = new Agent({ connections: null, keepAliveTimeout: 10_000, connect: { timeout: 1_000 } })

  async function once({ method, path, token, body, idempotencyKey }: Call, url: string): Promise<Answer> {
    const answer = await request(`${url}${path}`, {
      dispatcher: agent,
      method,
      signal: AbortSignal.timeout(patienceMs),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const servedBy = answer.headers['x-served-by']
    return {
      status: answer.statusCode,
      body: (await answer.body.json()) as Body,
      repeats: 0,
      ...(typeof servedBy === 'string' ? { servedBy } : {}),
    }
  }

  return {
    async call(call, first) {
      for (let repeats = 0; ; repeats++) {
        const urls = backends()
        try {
          return { ...(await once(call, urls[(first + repeats) % urls.length] ?? '')), repeats }
        } catch {
          if (repeats === maxRepeats) return { status: 0, body: {}, repeats }
        }
      }
    },
    close: () => agent.destroy(),
  }
}
