import { checkChats } from './check-chats.ts'
import { checkEdits } from './check-edits.ts'
import { checkLog, findPlaces } from './check-log.ts'
import { checkMarks } from './check-marks.ts'
import { checkMembers } from './check-members.ts'
import { observeOrder } from './check-order.ts'
import { observeReads, tellsSeq } from './check-reads.ts'
import { checkSights } from './check-sights.ts'
import type { FinalState, History } from './history.ts'
import { replay } from './replay.ts'
import type { Violation } from './violation.ts'

/**
 * Reads a whole history against what is there at the end.
 * @returns all that a user was told or shown and that does not hold; none when all is well
 */
export function checkHistory(history: History, final: FinalState): Violation[] {
  const { operations } = history
  const places = findPlaces(final)
  const inTime: Violation[] = []
  const report = (violation: Violation): void => void inTime.push(violation)
  replay(operations, [observeOrder(places, report), observeReads(report)])
  return [
    ...checkLog(operations, final, places),
    ...inTime,
    ...checkChats(operations, final),
    ...checkMembers(operations, final),
    ...checkEdits(operations, places, final),
    ...checkMarks(operations, final),
    ...checkSights(history, final),
  ]
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
