import { type History, isAnswered, type Operation } from './history.ts'
import { describeOperation } from './outcome.ts'
import { type Observer, replay } from './replay.ts'
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

/**
 * How many reads did not see a message whose storing had been acknowledged, to whomever, before they were begun.
 * Those of the writers themselves, which are violations, are among them.
 */
export function countStaleAcrossUsers(history: History): number {
  const acknowledged = new Map<string, number>()
  let stale = 0
  replay(history.operations, [
    {
      onAnswer(operation) {
        if (operation.kind !== 'post' || !tellsSeq(operation)) return
        const { cid, seq = 0 } = operation
        if (seq > (acknowledged.get(cid) ?? 0)) acknowledged.set(cid, seq)
      },
      onBegin(operation) {
        if (operation.kind !== 'read' || !tellsSeq(operation)) return
        if ((operation.seq ?? 0) < (acknowledged.get(operation.cid) ?? 0)) stale++
      },
    },
  ])
  return stale
}

function tellsSeq(operation: Operation): boolean {
  return isAnswered(operation) && operation.seq !== undefined
}
