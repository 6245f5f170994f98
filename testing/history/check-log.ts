import { type FinalState, isAnswered, type Operation, type StoredMessage } from './history.ts'
import { describeOperation, outcomeOf } from './outcome.ts'
import type { Violation } from './violation.ts'

/** Where a text is at the end. */
export interface Place {
  cid: string
  message: StoredMessage
}

/** Where each text is at the end; of one that is stored more than once, the first place. */
export function findPlaces(final: FinalState): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  for (const [cid, messages] of final.messages) {
    for (const message of messages) {
      if (!message.isNotice && !places.has(message.text)) places.set(message.text, { cid, message })
    }
  }
  return places
}

/** What was acknowledged is there, at its place and once; nothing else is; the numbers have no hole. */
export function checkLog(
  operations: readonly Operation[],
  final: FinalState,
  places: ReadonlyMap<string, Place>,
): Violation[] {
  const posts = new Map<string, Operation>()
  for (const operation of operations) {
    if (operation.kind === 'post' && operation.text !== undefined) posts.set(operation.text, operation)
  }
  return [
    ...findLost(posts, places),
    ...findVanished(operations, final),
    ...findTwice(final, places),
    ...findUninvited(posts, places),
    ...findHoles(final),
  ]
}

function* findLost(
  posts: ReadonlyMap<string, Operation>,
  places: ReadonlyMap<string, Place>,
): Generator<Violation> {
  for (const [text, post] of posts) {
    if (!isAnswered(post)) continue
    const place = places.get(text)
    if (place === undefined || place.cid !== post.cid) {
      yield { kind: 'lost', what: `${describeOperation(post)}, is not in the chat at the end` }
    } else if (post.seq !== undefined && post.seq !== place.message.seq) {
      const told = `was said to be at ${post.seq} and is at ${place.message.seq}`
      yield { kind: 'lost', what: `${describeOperation(post)}, ${told} at the end` }
    }
  }
}

/** Messages that a reader has seen and that are gone. */
function* findVanished(operations: readonly Operation[], final: FinalState): Generator<Violation> {
  for (const operation of operations) {
    const { kind, cid, seq = 0 } = operation
    if (kind !== 'read' || !isAnswered(operation)) continue
    const last = final.messages.get(cid)?.at(-1)?.seq ?? 0
    if (seq > last) {
      yield {
        kind: 'lost',
        what: `${describeOperation(operation)}, saw ${seq}, but ${last} is the last at the end`,
      }
    }
  }
}

function* findTwice(final: FinalState, places: ReadonlyMap<string, Place>): Generator<Violation> {
  const ids = new Set<string>()
  for (const [cid, messages] of final.messages) {
    for (const message of messages) {
      const { id, seq, text } = message
      const first = places.get(text)
      if (first !== undefined && first.message !== message) {
        const [here, there] = [`${seq} of chat ${cid}`, `${first.message.seq} of chat ${first.cid}`]
        yield { kind: 'twice', what: `"${text}" is at ${here} and also at ${there}` }
      } else if (ids.has(id)) {
        yield {
          kind: 'twice',
          what: `the message id ${id}, at ${seq} of chat ${cid}, is there more than once`,
        }
      }
      ids.add(id)
    }
  }
}

/** What nobody wrote, or what was refused. */
function* findUninvited(
  posts: ReadonlyMap<string, Operation>,
  places: ReadonlyMap<string, Place>,
): Generator<Violation> {
  for (const [text, { cid, message }] of places) {
    const post = posts.get(text)
    const stored = `"${text}" of user ${message.uid}, at ${message.seq} of chat ${cid}`
    if (post === undefined) {
      yield { kind: 'never sent', what: `${stored}, was sent by nobody` }
    } else if (post.uid !== message.uid || post.cid !== cid) {
      yield { kind: 'never sent', what: `${stored}, was sent as ${describeOperation(post)}` }
    } else if (outcomeOf(post) === 'refused') {
      yield { kind: 'refused', what: `${describeOperation(post)}, is stored at ${message.seq} all the same` }
    }
  }
}

function* findHoles(final: FinalState): Generator<Violation> {
  for (const [cid, messages] of final.messages) {
    let last = 0
    for (const { seq } of messages) {
      if (seq !== last + 1) {
        yield { kind: 'order', what: `in chat ${cid}, ${seq} comes after ${last} at the end` }
      }
      last = seq
    }
  }
}
