import { membersAfter, nameSet } from './check-members.ts'
import { groupBy } from './group-by.ts'
import { type FinalState, isAnswered, type Operation } from './history.ts'
import { describeOperation, outcomeOf } from './outcome.ts'
import type { Violation } from './violation.ts'

/**
 * Acknowledged chats can be read, and the lists name exactly the chats whose members their users are, each once, and
 * those that creations of unknown outcome have made.
 */
export function checkChats(operations: readonly Operation[], final: FinalState): Violation[] {
  const lists = new Map<number, ReadonlySet<string>>()
  for (const [uid, cids] of final.lists) lists.set(uid, new Set(cids))
  return [
    ...findRepeated(final),
    ...findWronglyListed(final),
    ...findUnlisted(final, lists),
    ...findMissing(operations, final, lists),
    ...findUntold(operations, final, lists),
  ]
}

function* findRepeated(final: FinalState): Generator<Violation> {
  for (const [uid, cids] of final.lists) {
    const named = new Set<string>()
    for (const cid of cids) {
      if (named.has(cid))
        yield { kind: 'chats', what: `the list of user ${uid} names chat ${cid} more than once` }
      named.add(cid)
    }
  }
}

function* findWronglyListed(final: FinalState): Generator<Violation> {
  for (const [uid, cids] of final.lists) {
    for (const cid of cids) {
      const members = final.members.get(cid)
      if (members !== undefined && !members.includes(uid)) {
        const list = `the list of user ${uid} names chat ${cid}`
        yield { kind: 'chats', what: `${list}, whose members are ${members.join(', ')}` }
      }
    }
  }
}

function* findUnlisted(
  final: FinalState,
  lists: ReadonlyMap<number, ReadonlySet<string>>,
): Generator<Violation> {
  for (const [cid, members] of final.members) {
    for (const uid of members) {
      if (lists.get(uid)?.has(cid) === false) {
        yield {
          kind: 'chats',
          what: `user ${uid} is a member of chat ${cid}, which is not in that user's list`,
        }
      }
    }
  }
}

function* findMissing(
  operations: readonly Operation[],
  final: FinalState,
  lists: ReadonlyMap<number, ReadonlySet<string>>,
): Generator<Violation> {
  const created = new Set<string>()
  for (const operation of operations) {
    const { kind, cid, uid } = operation
    if (kind !== 'create' || !isAnswered(operation)) continue
    if (created.has(cid)) {
      yield { kind: 'chats', what: `${describeOperation(operation)}, was answered with a chat made before` }
    }
    created.add(cid)
    const members = final.members.get(cid)
    if (members === undefined) {
      yield {
        kind: 'chats',
        what: `${describeOperation(operation)}, made a chat that cannot be read at the end`,
      }
    } else if (members.includes(uid) && !lists.has(uid)) {
      yield {
        kind: 'chats',
        what: `${describeOperation(operation)}, is by a user who has no list at the end`,
      }
    }
  }
}

/** Chats that nobody was told of. Each is the work of another creation of unknown outcome, listed for all it named. */
function* findUntold(
  operations: readonly Operation[],
  final: FinalState,
  lists: ReadonlyMap<number, ReadonlySet<string>>,
): Generator<Violation> {
  const unknown = operations.filter(
    (operation) => operation.kind === 'create' && outcomeOf(operation) === 'unknown',
  )
  const creations = groupBy(unknown, (creation) => nameSet(membersAfter(creation)))
  const untold = [...lists].flatMap(([uid, cids]) =>
    [...cids].filter((cid) => !final.members.has(cid)).map((cid) => ({ cid, uid })),
  )
  for (const [cid, listed] of groupBy(untold, ({ cid }) => cid)) {
    const users = nameSet(listed.map(({ uid }) => uid))
    if (creations.get(users)?.pop() !== undefined) continue
    yield {
      kind: 'chats',
      what: `chat ${cid}, in the lists of ${users}, is of no creation that may have made it`,
    }
  }
}
