import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

/** What one node made of one request. */
export type Outcome =
  | { kind: 'answer'; status: number; headers: IncomingHttpHeaders; body: Buffer }
  /** `sent`: the node may have acted on it. Not sent: it surely never saw the request. */
  | { kind: 'failure'; sent: boolean; error: Error }

/**
 * Sends a request to one node, once, and never throws.
 * @param onAbortable is given a function that ends the attempt, for the caller's own deadline
 */
export function attempt(
  pool: Dispatcher,
  request: Dispatcher.DispatchOptions,
  onAbortable: (abort: (reason: Error) => void) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    let sent = false
    let status = 0
    let headers: IncomingHttpHeaders = {}
    const chunks: Buffer[] = []
    const failed = (error: Error): void => resolve({ kind: 'failure', sent, error })
    try {
      pool.dispatch(request, {
        onRequestStart(controller) {
          sent = true
          onAbortable((reason) => controller.abort(reason))
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
          resolve({ kind: 'answer', status, headers, body })
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
