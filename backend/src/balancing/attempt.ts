import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

/** What one node made of one request. */
export type Outcome =
  | { kind: 'answer'; status: number; headers: IncomingHttpHeaders; body: Buffer }
  /**
   * `sent`: the node may have acted on it. Not sent: it surely never saw the request.
   * `later`: nothing came in time, and the attempt goes on; how it ends.
   */
  | { kind: 'failure'; sent: boolean; error: Error; later?: Promise<Outcome> }

/**
 * Longest wait for a connection, and from the sending of a request to the end of its answer. A node tells within 0.9 s
 * that its store is away: that must still arrive from one that is short of CPU.
 */
const connectTimeoutMs = 300
const answerTimeoutMs = 1_250

/**
 * Sends a request to one node, once, and never throws. The time-outs are its own: those of the pool tick every half
 * second only. An attempt that is late is not ended: a node that is only slow has done the work, and its answer is worth
 * more than another node's beginning.
 * @param onAbortable is given a function that ends the attempt, which the caller must do with one that is late
 */
export function attempt(
  pool: Dispatcher,
  request: Dispatcher.DispatchOptions,
  onAbortable: (abort: (why: string) => void) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    let sent = false
    let givenUp = false
    let status = 0
    let headers: IncomingHttpHeaders = {}
    const chunks: Buffer[] = []
    let isOpen = true
    let settle = resolve
    const end = (outcome: Outcome): void => {
      clearTimeout(timer)
      isOpen = false
      settle(outcome)
    }
    const failed = (error: Error): void => end({ kind: 'failure', sent, error })
    const isLate = (): void => {
      const error = new AttemptTimeout(`no answer within ${answerTimeoutMs} ms`)
      const later = new Promise<Outcome>((resolveLater) => {
        settle = resolveLater
      })
      resolve({ kind: 'failure', sent, error, later })
    }
    let timer = setTimeout(() => {
      // A connection that came while this process was busy has not been looked at yet.
      setImmediate(() => {
        if (sent) return
        givenUp = true
        failed(new AttemptTimeout(`no connection within ${connectTimeoutMs} ms`))
      })
    }, connectTimeoutMs)
    try {
      pool.dispatch(request, {
        onRequestStart(controller) {
          // Nothing is written yet: what was given up as never sent must not be sent now.
          if (givenUp) return controller.abort(new AttemptTimeout('given up'))
          sent = true
          clearTimeout(timer)
          // The same with an answer that came while this process was busy.
          timer = setTimeout(() => setImmediate(isLate), answerTimeoutMs)
          onAbortable((why) => {
            if (isOpen) controller.abort(new AttemptTimeout(why))
          })
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          status = statusCode
          headers = responseHeaders
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk)
        },
        onResponseEnd() {
          const [first] = chunks
          const body = chunks.length === 1 && first ? first : Buffer.concat(chunks)
          end({ kind: 'answer', status, headers, body })
        },
        onResponseError(_controller, error) {
          failed(error)
        },
      })
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)))
    }
  })
}

/** The node took too long, or there was no time left for it. */
export class AttemptTimeout extends Error {
  override readonly name = 'AttemptTimeout'
}
