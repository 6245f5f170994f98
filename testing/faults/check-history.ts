import { checkChats } from './check-chats.ts'
import { checkLog, findPlaces } from './check-log.ts'
import { checkMembers } from './check-members.ts'
import { observeOrder } from './check-order.ts'
import { observeReads } from './check-reads.ts'
import type { FinalState, History } from './history.ts'
import { replay } from './replay.ts'
import type { Violation } from './violation.ts'

/**
 * Reads a whole history against what is there at the end.
 * @returns all that a user was told or shown and that does not hold; none when all is well
 */
export function checkHistory(history: History, final: FinalState): Violation[] {
  const { operations, sights } = history
  const places = findPlaces(final)
  const inTime: Violation[] = []
  const report = (violation: Violation): void => void inTime.push(violation)
  replay(operations, [observeOrder(places, report), observeReads(report)])
  return [
    ...checkLog(operations, final, places),
    ...inTime,
    ...checkChats(operations, final),
    ...checkMembers(operations, final),
    ...sights.map((what): Violation => ({ kind: 'sight', what })),
  ]
}
