import { isAnswered, type Operation } from './history.ts'

/** Codes of a 503 that says: nothing was stored. */
const nothingStored: readonly (number | undefined)[] = [5030, 5032]

/**
 * What the user may conclude of a write from its answer: done, refused (nothing was stored), or unknown.
 * A refusal after a repetition is unknown: it speaks of the last attempt, and an earlier one may have been stored.
 */
export function outcomeOf(operation: Operation): 'done' | 'refused' | 'unknown' {
  const { status, code, repeats } = operation
  if (isAnswered(operation)) return 'done'
  const refused = (status >= 400 && status < 500) || (status === 503 && nothingStored.includes(code))
  return refused && repeats === 0 ? 'refused' : 'unknown'
}

/** An operation in words, such as: the post "hello" of user 3 to chat 60…, begun at 12.345 s and answered 201 by dialogue02. */
export function describeOperation(operation: Operation): string {
  const { kind, uid, cid, startedAt, status, code, repeats, servedBy, text } = operation
  const what = text === undefined ? `the ${names[kind]}` : `the ${names[kind]} "${text}"`
  const repeated = repeats === 0 ? '' : ` after ${repeats} repetition${repeats === 1 ? '' : 's'}`
  const answer = status === 0 ? 'not answered' : `answered ${code ?? status}`
  const node = servedBy === undefined ? '' : ` by ${servedBy}`
  const where = cid === '' ? '' : ` to chat ${cid}`
  const begun = (startedAt / 1_000).toFixed(3)
  return `${what} of user ${uid}${where}, begun at ${begun} s and ${answer}${node}${repeated}`
}

const names = {
  post: 'post',
  read: 'read',
  edit: 'edit',
  mark: 'read mark',
  create: 'creation',
  members: 'change of members',
  list: 'list',
  profile: 'profile',
} as const satisfies Record<Operation['kind'], string>
