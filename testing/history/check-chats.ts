import { type FinalState, isAnswered, type Operation } from './history.ts'
import { describeOperation } from './outcome.ts'
import type { Violation } from './violation.ts'

/** Acknowledged chats can be read, and the lists name exactly the chats whose members their users are, each once. */
export function checkChats(operations: readonly Operation[], final: FinalState): Violation[] {
  const lists = new Map<number, ReadonlySet<string>>()
  for (const [uid, cids] of final.lists) lists.set(uid, new Set(cids))
  return [
    ...findRepeated(final),
    ...findWronglyListed(final),
    ...findUnlisted(final, lists),
    ...findMissing(operations, final, lists),
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
