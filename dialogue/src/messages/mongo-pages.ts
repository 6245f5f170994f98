import { findChatAsMember } from '../chats/mongo-membership.ts'
import type { Budget } from '../mongo/budget.ts'
import type { EntryDocument, MembersDocument, MessageDocument } from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { foreignCursor, noSuchChat } from '../refusals.ts'
import { isShown } from './mongo-entries.ts'
import { findEntry, findNewest, findPage } from './mongo-finds.ts'

/** Finds for one page at most. Each of them skips one run of edits, however long it is. */
const maxFinds = 8

/** What a page shows, newest first. */
export interface Shown {
  entries: (MessageDocument | MembersDocument)[]
  /** Whether older ones are known to follow. */
  hasMore: boolean
}

/**
 * The newest entries of a chat that pages show, in one find unless there are edits among them; or those older than the
 * cursor.
 * @throws AppError 4040; 4001 when the cursor is no entry of this chat
 */
export async function readPage(
  commands: MongoCommands,
  page: { cid: string; uid: number; limit: number; cursor?: string | undefined },
  budget: Budget,
): Promise<Shown> {
  const { cid, uid, limit, cursor } = page
  const first =
    cursor === undefined
      ? await readNewest(commands, cid, uid, limit + 1, budget)
      : await readOlder(commands, { cid, uid, cursor }, limit + 1, budget)
  const entries = first.filter(isShown)
  let read = first
  let asked = limit + 1
  for (let finds = 1; finds < maxFinds && entries.length <= limit && read.length === asked; finds += 1) {
    asked = limit + 1 - entries.length
    read = await findPage(commands, cid, nextBelow(read), asked, budget)
    entries.push(...read.filter(isShown))
  }
  const mayGoOn = entries.length <= limit && read.length === asked && nextBelow(read) > 1
  return { entries: entries.slice(0, limit), hasMore: entries.length > limit || mayGoOn }
}

/** The seq below which the next find goes on: it skips what no page shows. */
function nextBelow(read: readonly EntryDocument[]): number {
  const last = read.at(-1)
  if (!last) return 0
  return isShown(last) ? last.seq : last.below + 1
}

async function readNewest(
  commands: MongoCommands,
  cid: string,
  uid: number,
  limit: number,
  budget: Budget,
): Promise<EntryDocument[]> {
  const { users, entries } = await findNewest(commands, cid, limit, budget)
  if (!users?.includes(uid)) throw noSuchChat()
  return entries
}

async function readOlder(
  commands: MongoCommands,
  { cid, uid, cursor }: { cid: string; uid: number; cursor: string },
  limit: number,
  budget: Budget,
): Promise<EntryDocument[]> {
  // Together, not one after the other.
  const [, seen] = await Promise.all([
    findChatAsMember(commands, cid, uid, budget),
    findEntry(commands, cid, cursor, budget),
  ])
  if (!seen) throw foreignCursor()
  return await findPage(commands, cid, seen.seq, limit, budget)
}
