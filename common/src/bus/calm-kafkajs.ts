import { createRequire } from 'node:module'
import { z } from 'zod'

/** What is used of the library's inner class; it has no types of its own. */
const QueueClass = z.custom<{ prototype: QueueMethods }>(
  (found) =>
    typeof found === 'function' && typeof found.prototype?.scheduleCheckPendingRequests === 'function',
)

interface QueueMethods {
  pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}

let isCalm = false

/**
 * Mends a fault of kafkajs 2.2.4 (src/network/requestQueue): with its first answer each connection begins to look every
 * millisecond, for ever, whether a request waits, in timers of negative length, which newer Nodes warn of. Here it looks
 * only while one does.
 * @throws Error when the library is not built as that version is
 */
export function calmKafkajs(): void {
  if (isCalm) return
  isCalm = true
  const require = createRequire(import.meta.url)
  const { prototype } = QueueClass.parse(require('kafkajs/src/network/requestQueue'))
  const schedule = prototype.scheduleCheckPendingRequests
  prototype.scheduleCheckPendingRequests = function (this: QueueMethods) {
    if (this.pending.length > 0) schedule.call(this)
  }
}
