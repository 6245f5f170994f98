import type { LogEntry } from '@roundtable/common/dialogue-wire'
import { AppError } from '@roundtable/common/errors'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'
import type { RunCommand } from '@roundtable/dialogue/mongo/commands'
import { type Cut, cutFrom, leaderlessFrom } from './dialogue-mongo.ts'

/** On which side of a command the connection fails. */
export const sides = ['before', 'after'] as const
/** How a writer ends; the last as when the store loses its primary and there is no other one yet. */
export const deaths = [...sides, 'and no primary is left, after'] as const

/**
 * Does `work` on a store cut off at its first command, its second and so on, until it gets through whole.
 * @returns how many commands the work takes
 */
export async function cutAtEveryCommand(
  storeOn: (run: RunCommand) => DialogueStore,
  cut: (nth: number) => Cut,
  work: (store: DialogueStore, isCut: () => boolean) => Promise<void>,
): Promise<number> {
  for (let nth = 1; ; nth += 1) {
    const connection = cut(nth)
    await work(storeOn(connection.run), connection.made)
    if (!connection.made()) return nth - 1
  }
}

/** Connections of a node that dies at the n-th command. */
export function dyingOn(run: RunCommand, death: (typeof deaths)[number]): (nth: number) => Cut {
  return (nth) =>
    death === 'before' || death === 'after' ? cutFrom(run, nth, death) : leaderlessFrom(run, nth)
}

/** What a request came to: its answer, or the code it was refused with. */
export async function outcome<T>(request: Promise<T>): Promise<T | number> {
  try {
    return await request
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

/**
 * Follows a log from its first entry: numbers without a hole, everyone added once who was not there, and removed who
 * was, each message edited or deleted after it was written.
 * @returns who is in the chat after the last entry
 * @throws Error telling which entry cannot be
 */
export function followLog(first: readonly number[], entries: readonly LogEntry[]): number[] {
  let members = new Set(first)
  const written = new Set<string>()
  const deleted = new Set<string>()
  for (const [place, entry] of entries.entries()) {
    const check = (isSo: boolean): void => {
      if (!isSo) throw new Error(`entry ${place + 1} cannot be: ${JSON.stringify(entry)}`)
    }
    check(entry.seq === place + 1)
    if (entry.object === 'message') {
      check(!written.has(entry.id))
      written.add(entry.id)
    } else if (entry.object === 'members') {
      check(entry.added.every((uid) => !members.has(uid)))
      check(entry.removed.every((uid) => members.has(uid)))
      members = new Set([...members, ...entry.added].filter((uid) => !entry.removed.includes(uid)))
    } else {
      check(written.has(entry.id) && !deleted.has(entry.id))
      if (entry.object === 'deletion') deleted.add(entry.id)
    }
  }
  return [...members]
}
