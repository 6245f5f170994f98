import type { Place } from './check-log.ts'
import type { Operation } from './history.ts'
import { describeOperation } from './outcome.ts'
import type { Observer } from './replay.ts'
import type { Violation } from './violation.ts'

/**
 * Watches that each message has a greater number than all that was stored or seen in its chat before it was begun.
 * @param report is told of each one that has not
 */
export function observeOrder(
  places: ReadonlyMap<string, Place>,
  report: (violation: Violation) => void,
): Observer {
  const highest = new Map<string, { seq: number; by: Operation }>()
  return {
    onAnswer(operation) {
      const seq = seqAtTheEnd(operation, places)
      if (seq > (highest.get(operation.cid)?.seq ?? 0)) highest.set(operation.cid, { seq, by: operation })
    },
    onBegin(operation) {
      const before = highest.get(operation.cid)
      if (operation.kind !== 'post' || before === undefined) return
      const seq = seqAtTheEnd(operation, places)
      if (seq === 0 || seq > before.seq) return
      const earlier = `${describeOperation(before.by)}, which was over by then, stands at ${before.seq}`
      report({ kind: 'order', what: `${describeOperation(operation)}, is at ${seq}, yet ${earlier}` })
    },
  }
}

/** Of a post where it is at the end, of a read what it saw; 0 when there is no such place. */
function seqAtTheEnd(operation: Operation, places: ReadonlyMap<string, Place>): number {
  if (operation.kind === 'read') return operation.seq ?? 0
  const place = operation.kind === 'post' ? places.get(operation.text ?? '') : undefined
  return place?.cid === operation.cid ? place.message.seq : 0
}
