import { type Document, ObjectId } from 'mongodb'
import type { Budget } from '../mongo/budget.ts'
import {
  type ChatDocument,
  collections,
  headSeq,
  listIndex,
  logIndex,
  type UserChatDocument,
} from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { duplicateOf } from '../mongo/errors.ts'
import { storeAway } from '../refusals.ts'
import type { ListPlace } from './list-cursor.ts'

/** The id of a user's row for a chat: it starts with the shard key, so that it is unique over all shards. */
export function rowId(uid: number, cid: string): string {
  return `${uid}.${cid}`
}

/**
 * Puts the chat on these users' lists, before the chat itself names them: a list drops what the chat does not
 * confirm, and could not find what has no row.
 * @param rows `rev`: that at which the chat will name them; `at`: its latest activity, for who has no row yet
 * @throws AppError 5032
 */
export async function putRows(
  commands: MongoCommands,
  cid: string,
  rows: { users: readonly number[]; rev: number; at: Date },
  budget: Budget,
): Promise<void> {
  const { users, rev, at } = rows
  if (users.length === 0) return
  const insert = { cid: new ObjectId(cid), at }
  const update = {
    update: collections.userChats,
    updates: users.map((uid) => ({
      q: { _id: rowId(uid, cid), uid },
      u: { $setOnInsert: insert, $max: { rev } },
      upsert: true,
    })),
    ordered: false,
  }
  const first = await commands.prepare(update, budget)
  if (first.writeErrors.length === 0) return
  // Two that insert the same row at once: one may be refused, and finds the row the second time.
  const raced = first.writeErrors.every((error) => duplicateOf(error) === '_id')
  const second = raced ? await commands.prepare(update, budget) : first
  const error = second.writeErrors[0]
  if (error) throw storeAway(new Error(error.errmsg))
}

/**
 * Takes the chat off these users' lists, after the chat has ceased to name them. It spares the row of a user who was
 * named again by a later change, or by one still on its way: that row has a higher rev.
 * A failure is no failure of the request: lists drop what the chat does not confirm.
 */
export async function dropRows(
  commands: MongoCommands,
  chat: ChatDocument,
  users: readonly number[],
  budget: Budget,
): Promise<void> {
  const gone = users.filter((uid) => !chat.users.includes(uid))
  if (gone.length === 0) return
  const cid = chat._id.toHexString()
  const deletes = gone.map((uid) => ({ q: { _id: rowId(uid, cid), uid, rev: { $lte: chat.rev } }, limit: 1 }))
  await commands.write({ delete: collections.userChats, deletes, ordered: false }, budget).catch(() => {})
}

/** What a list needs of a row. */
export type ListRow = Pick<UserChatDocument, 'cid' | 'at' | 'read'>

/** A user's rows after a place in the list, latest activity first. */
export function findRows(
  commands: MongoCommands,
  uid: number,
  after: ListPlace | undefined,
  limit: number,
  budget: Budget,
): Promise<ListRow[]> {
  return commands.find(
    {
      find: collections.userChats,
      // Not a disjunction of two ranges: that would be two scans, or one that starts at the top of the list.
      filter: after ? { uid, at: { $lte: new Date(after.at) }, $nor: [tiesBefore(after)] } : { uid },
      sort: { at: -1, cid: -1 },
      projection: { _id: 0, cid: 1, at: 1, read: 1 },
      hint: listIndex,
      limit,
    },
    budget,
  )
}

function tiesBefore({ at, cid }: ListPlace) {
  return { at: new Date(at), cid: { $gte: new ObjectId(cid) } }
}

/** What a list shows of a chat. */
export type ListedChat = Pick<
  ChatDocument,
  '_id' | 'users' | 'rev' | 'createdAt' | 'name' | 'direct' | 'summary'
>
const listedFields = { users: 1, rev: 1, createdAt: 1, name: 1, direct: 1, summary: 1 }

/** Those of these chats that confirm the user as a member, in no order. */
export function findConfirmed<T extends Pick<ChatDocument, '_id'> = ListedChat>(
  commands: MongoCommands,
  uid: number,
  cids: readonly ObjectId[],
  budget: Budget,
  projection: Document = listedFields,
): Promise<T[]> {
  return commands.find(
    {
      find: collections.log,
      filter: { cid: { $in: cids }, seq: headSeq, users: uid },
      projection,
      hint: logIndex,
      limit: cids.length,
    },
    budget,
  )
}

/** Places of the user's list after this one whose chats confirm the user. It has as many as wanted if there are. */
export async function findConfirmedRows(
  commands: MongoCommands,
  uid: number,
  place: ListPlace | undefined,
  wanted: number,
  budget: Budget,
): Promise<ListPlace[]> {
  const found: ListPlace[] = []
  let after = place
  for (let more = true; more && found.length < wanted; ) {
    const asked = wanted - found.length
    const rows = await findRows(commands, uid, after, asked, budget)
    more = rows.length === asked
    const places = rows.map(({ at, cid }) => ({ at: at.getTime(), cid: cid.toHexString() }))
    const confirmed = await findConfirmed(
      commands,
      uid,
      rows.map(({ cid }) => cid),
      budget,
      { _id: 1 },
    )
    const ids = new Set(confirmed.map(({ _id }) => _id.toHexString()))
    found.push(...places.filter(({ cid }) => ids.has(cid)))
    after = places.at(-1)
  }
  return found
}
