import { groupBy } from './group-by.ts'
import { type FinalState, isAnswered, type Operation } from './history.ts'
import { describeOperation } from './outcome.ts'
import type { Violation } from './violation.ts'

/** A mark only grows: at the end it is not below any acknowledged one, and not above all that were sent. */
export function* checkMarks(operations: readonly Operation[], final: FinalState): Generator<Violation> {
  const marks = operations.filter(({ kind }) => kind === 'mark')
  for (const [, ofUser] of groupBy(marks, ({ cid, uid }) => `${cid} ${uid}`)) {
    const [first] = ofUser
    const found = first && final.marks.get(first.cid)?.get(first.uid)
    // Of a chat that could not be read, or that one has left, nothing is known.
    if (found === undefined) continue
    const lost = ofUser.find((mark) => isAnswered(mark) && (mark.seq ?? 0) > found)
    if (lost)
      yield { kind: 'lost', what: `${describeOperation(lost)}, is ${lost.seq}; at the end it is ${found}` }
    if (found > Math.max(0, ...ofUser.map(({ seq = 0 }) => seq))) {
      yield {
        kind: 'never sent',
        what: `user ${first?.uid} has read chat ${first?.cid} up to ${found}, said nobody`,
      }
    }
  }
}
