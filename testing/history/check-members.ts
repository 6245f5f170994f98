import { groupBy } from './group-by.ts'
import { type FinalState, isAnswered, type Operation } from './history.ts'
import { describeOperation, outcomeOf } from './outcome.ts'
import type { Violation } from './violation.ts'

/**
 * The members at the end are those of a change (or creation) that no acknowledged one followed.
 * Of changes under way at the same time any may be the last. One that was not acknowledged may have happened until
 * it was answered, or at any later time when it was never answered.
 */
export function checkMembers(operations: readonly Operation[], final: FinalState): Violation[] {
  const changes = operations.filter(
    (operation) =>
      (operation.kind === 'create' || operation.kind === 'members') &&
      operation.users !== undefined &&
      outcomeOf(operation) !== 'refused',
  )
  const violations: Violation[] = []
  for (const [cid, ofChat] of groupBy(changes, ({ cid }) => cid)) {
    const members = final.members.get(cid)
    const last = lastAcknowledged(ofChat)
    // Without members the chat is missing, which is another violation; without an acknowledged change any are right.
    if (members === undefined || last === undefined) continue
    const found = nameSet(members)
    const mayBeLast = ofChat.filter((change) => latestEffect(change) >= last.startedAt)
    if (mayBeLast.some((change) => nameSet(membersAfter(change)) === found)) continue
    const wanted = `${describeOperation(last)}, set ${nameSet(membersAfter(last))}`
    violations.push({ kind: 'members', what: `${wanted}, but the members at the end are ${found}` })
  }
  return violations
}

function lastAcknowledged(changes: readonly Operation[]): Operation | undefined {
  return changes
    .filter(isAnswered)
    .reduce<Operation | undefined>(
      (last, change) => (last !== undefined && last.startedAt > change.startedAt ? last : change),
      undefined,
    )
}

const latestEffect = (change: Operation): number =>
  change.status === 0 ? Number.POSITIVE_INFINITY : change.endedAt

/** A creator is a member, named or not. */
export function membersAfter({ kind, uid, users = [] }: Operation): readonly number[] {
  return kind === 'create' ? [...users, uid] : users
}

/** The same for the same users, in whatever order and however often they are named. */
export function nameSet(users: readonly number[]): string {
  return [...new Set(users)].sort((a, b) => a - b).join(', ')
}
