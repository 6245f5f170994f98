import { isAnswered, type Operation } from './history.ts'
import { describeOperation } from './outcome.ts'
import type { Observer } from './replay.ts'
import type { Violation } from './violation.ts'

interface Known {
  seq: number
  by: Operation
}

/**
 * Watches that a user sees all that this user has written or seen before in the same chat.
 * @param report is told of each read that does not
 */
export function observeReads(report: (violation: Violation) => void): Observer {
  const known = new Map<string, Known>()
  const keyOf = ({ cid, uid }: Operation): string => `${cid} ${uid}`
  return {
    onAnswer(operation) {
      if (!tellsSeq(operation)) return
      const seq = operation.seq ?? 0
      const key = keyOf(operation)
      if (seq > (known.get(key)?.seq ?? 0)) known.set(key, { seq, by: operation })
    },
    onBegin(operation) {
      if (operation.kind !== 'read' || !tellsSeq(operation)) return
      const before = known.get(keyOf(operation))
      if (before === undefined || (operation.seq ?? 0) >= before.seq) return
      const verb = before.by.kind === 'post' ? 'wrote' : 'saw'
      const earlier = `${describeOperation(before.by)}, which was over by then, ${verb} ${before.seq}`
      report({ kind: 'stale', what: `${describeOperation(operation)}, saw ${operation.seq}, yet ${earlier}` })
    },
  }
}

/** Whether it tells of a place in a chat: a post its own, a read that of the newest message. */
export function tellsSeq(operation: Operation): boolean {
  return isAnswered(operation) && operation.seq !== undefined
}
