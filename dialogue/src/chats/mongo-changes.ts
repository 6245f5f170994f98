import type { MembersChange, NewChat } from '@roundtable/common/dialogue-requests'
import { type Document, ObjectId } from 'mongodb'
import { contentHash } from '../content-hash.ts'
import { findEntry } from '../messages/mongo-finds.ts'
import type { OwedEntries } from '../messages/mongo-owed.ts'
import type { Budget } from '../mongo/budget.ts'
import { type ChatDocument, collections, headSeq, idIndex } from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { afterWrite, duplicateOf } from '../mongo/errors.ts'
import { shortPause } from '../mongo/pause.ts'
import type { Now } from '../mongo/store-clock.ts'
import { changedMeanwhile, directChatStays, nameReused, noSuchChat, outcomeUnknown } from '../refusals.ts'
import { dropRows, putRows } from './mongo-list-rows.ts'
import { type ChatHead, findChat } from './mongo-membership.ts'
import { toStored } from './mongo-summaries.ts'
import { emptySummary } from './summary.ts'

/**
 * Makes and changes the heads of logs. A chat says who its members are; rows by user make it found. The two are written
 * in such an order that whoever dies in between leaves rows too many, never too few.
 */
export function createMongoChanges(options: {
  commands: MongoCommands
  owed: Pick<OwedEntries, 'pay'>
  now: Now
}) {
  const { commands, owed, now } = options

  /**
   * @returns the chat as it is now, and whether it was made by this
   * @throws AppError 4040, 4090, 5031, 5032
   */
  async function create(chat: NewChat, budget: Budget): Promise<{ chat: ChatHead; isNew: boolean }> {
    const at = new Date(now())
    const _id = new ObjectId(chat.id)
    const document: ChatDocument = {
      _id,
      cid: _id,
      seq: headSeq,
      kind: 'chat',
      users: chat.users,
      rev: 0,
      createdAt: seconds(at),
      hash: contentHash.chat(chat),
      summary: toStored(emptySummary),
      ...(chat.name ? { name: chat.name } : {}),
      ...(chat.direct ? { direct: true } : {}),
    }
    await putRows(commands, chat.id, { users: chat.users, rev: 0, at }, budget)
    const { writeErrors } = await commands.write({ insert: collections.log, documents: [document] }, budget)
    const [error] = writeErrors
    if (!error) return { chat: document, isNew: true }
    if (!duplicateOf(error)) throw outcomeUnknown(new Error(error.errmsg))

    const stored = await afterWrite(untilSeen(chat.id, budget))
    await dropRows(commands, stored, chat.users, budget)
    if (stored.hash !== document.hash) throw nameReused()
    if (!stored.users.includes(chat.uid)) throw noSuchChat()
    return { chat: stored, isNew: false }
  }

  /** A duplicate may be one that is not on a majority yet; it is no answer before it is. */
  async function untilSeen(cid: string, budget: Budget): Promise<ChatHead> {
    for (;;) {
      const chat = await findChat(commands, cid, budget)
      if (chat) return chat
      await shortPause()
    }
  }

  /**
   * @returns the chat as it is now
   * @throws AppError 4031, 4040, 4090, 4091, 5031, 5032
   */
  async function changeMembers(
    cid: string,
    uid: number,
    change: MembersChange,
    budget: Budget,
  ): Promise<ChatHead> {
    const hash = contentHash.change(cid, uid, change)
    const before = await findChat(commands, cid, budget)
    if (!before) throw noSuchChat()
    // Asked before membership: who left by this change may still repeat it.
    if (isDone(before, change, hash)) return await finish(before, budget)
    // Read after the chat, so that it is there if others have changed the chat since.
    const told = await findEntry(commands, cid, change.change, budget)
    if (told?.hash === hash) {
      return asRepeated(await afterWrite(untilPast(cid, change.rev, budget)), uid, change)
    }
    if (!before.users.includes(uid)) throw noSuchChat()
    if (told || before.change?.id.toHexString() === change.change) throw nameReused()
    if (before.rev !== change.rev) throw changedMeanwhile()
    if (before.direct) throw directChatStays()
    await owed.pay(before, budget)

    const added = change.users.filter((user) => !before.users.includes(user))
    const removed = before.users.filter((user) => !change.users.includes(user))
    const at = new Date(now())
    const done = toDone(before, { uid, change, hash, added, removed, at })
    await putRows(commands, cid, { users: added, rev: done.rev, at }, budget)
    const { name, ...set } = done
    const update: Document = {
      q: { _id: before._id, cid: before.cid, rev: change.rev },
      u: name === '' ? { $set: set, $unset: { name: 1 } } : { $set: done },
      hint: idIndex,
    }
    const { n, writeErrors } = await commands.write({ update: collections.log, updates: [update] }, budget)
    if (writeErrors[0]) throw outcomeUnknown(new Error(writeErrors[0].errmsg))
    if (n === 1) {
      const { name: oldName, owed: _paid, ...rest } = before
      const newName = name ?? oldName
      return await finish({ ...rest, ...set, ...(newName ? { name: newName } : {}) }, budget)
    }

    const current = await afterWrite(untilPast(cid, change.rev, budget))
    if (isDone(current, change, hash)) return await finish(current, budget)
    // Sent twice, the first may have done it, and others have changed the chat since.
    const toldSince = await afterWrite(findEntry(commands, cid, change.change, budget))
    if (toldSince?.hash === hash) return asRepeated(current, uid, change)
    await dropRows(commands, current, added, budget)
    throw changedMeanwhile()
  }

  /** The change that was quicker may not be on a majority yet. */
  async function untilPast(cid: string, rev: number, budget: Budget): Promise<ChatHead> {
    for (;;) {
      const chat = await untilSeen(cid, budget)
      if (chat.rev > rev) return chat
      await shortPause()
    }
  }

  /** Also after a repeat: who did the change first may have died before this. */
  async function finish(chat: ChatHead, budget: Budget): Promise<ChatHead> {
    await owed.pay(chat, budget)
    await dropRows(commands, chat, chat.change?.removed ?? [], budget)
    return chat
  }

  return { create, changeMembers }
}

function isDone(chat: ChatHead, change: MembersChange, hash: string): boolean {
  return chat.change?.id.toHexString() === change.change && chat.change.hash === hash
}

/**
 * What a change that others have followed is answered with: the chat as it is now, to who left by it the chat as they
 * left it.
 * @throws AppError 4040 to who was removed since
 */
function asRepeated(chat: ChatHead, uid: number, { users, rev, name }: MembersChange): ChatHead {
  if (chat.users.includes(uid)) return chat
  if (users.includes(uid)) throw noSuchChat()
  const { name: _newer, ...rest } = chat
  return { ...rest, users, rev: rev + 1, ...(name ? { name } : {}) }
}

/** What a change makes of the head; the log is owed an entry unless nothing is different. */
function toDone(
  before: ChatHead,
  what: {
    uid: number
    change: MembersChange
    hash: string
    added: number[]
    removed: number[]
    at: Date
  },
): Pick<ChatDocument, 'users' | 'rev' | 'change' | 'name' | 'owed'> {
  const { uid, change, hash, added, removed, at } = what
  const id = new ObjectId(change.change)
  const name = change.name !== undefined && change.name !== (before.name ?? '') ? { name: change.name } : {}
  const isOwed = added.length + removed.length > 0 || 'name' in name
  const entry = {
    _id: id,
    cid: before.cid,
    kind: 'members' as const,
    uid,
    added,
    removed,
    ...name,
    createdAt: seconds(at),
    hash,
  }
  return {
    users: change.users,
    rev: change.rev + 1,
    change: { id, hash, removed },
    ...name,
    ...(isOwed ? { owed: { at, entry } } : {}),
  }
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}
