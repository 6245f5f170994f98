import type { Chat, ChatList, ChatListQuery, MembersChange, NewChat } from '@roundtable/common/dialogue-wire'
import { ObjectId } from 'mongodb'
import { contentHash } from '../content-hash.ts'
import { type Budget, startBudget } from '../mongo/budget.ts'
import { type ChatDocument, collections, headSeq } from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { afterWrite, duplicateOf } from '../mongo/errors.ts'
import { shortPause } from '../mongo/pause.ts'
import type { Now } from '../mongo/store-clock.ts'
import { changedMeanwhile, nameReused, noSuchChat, outcomeUnknown } from '../refusals.ts'
import { decodeListCursor, encodeListCursor } from './list-cursor.ts'
import { dropRows, findConfirmed, findRows, type ListedChat, putRows } from './mongo-list-rows.ts'
import { findChat, findChatAsMember, toChat } from './mongo-membership.ts'
import type { ChatStore } from './store.ts'

/**
 * Chats in MongoDB. A chat says who its members are; rows by user make it found. The two are written in such an order
 * that whoever dies in between leaves rows too many, never too few.
 */
export function createMongoChats(commands: MongoCommands, now: Now): ChatStore {
  async function create(chat: NewChat): Promise<Chat> {
    const budget = startBudget()
    const at = new Date(now())
    const _id = new ObjectId(chat.id)
    const document: ChatDocument = {
      _id,
      cid: _id,
      seq: headSeq,
      kind: 'chat',
      users: chat.users,
      rev: 0,
      createdAt: Math.floor(at.getTime() / 1000),
      hash: contentHash.chat(chat),
    }
    await putRows(commands, chat.id, { users: chat.users, rev: 0, at }, budget)
    const { writeErrors } = await commands.write({ insert: collections.log, documents: [document] }, budget)
    const [error] = writeErrors
    if (!error) return toChat(document)
    if (!duplicateOf(error)) throw outcomeUnknown(new Error(error.errmsg))

    const stored = await afterWrite(untilSeen(chat.id, budget))
    await dropRows(commands, stored, chat.users, budget)
    if (stored.hash !== document.hash) throw nameReused()
    if (!stored.users.includes(chat.uid)) throw noSuchChat()
    return toChat(stored)
  }

  /** A duplicate may be one that is not on a majority yet; it is no answer before it is. */
  async function untilSeen(cid: string, budget: Budget): Promise<ChatDocument> {
    for (;;) {
      const chat = await findChat(commands, cid, budget)
      if (chat) return chat
      await shortPause()
    }
  }

  async function changeMembers(cid: string, uid: number, change: MembersChange): Promise<Chat> {
    const budget = startBudget()
    const hash = contentHash.change(cid, uid, change)
    const before = await findChat(commands, cid, budget)
    if (!before) throw noSuchChat()
    // Asked before membership: who left by this change may still repeat it.
    if (isDone(before, change, hash)) return await finish(before, budget)
    if (!before.users.includes(uid)) throw noSuchChat()
    if (before.change?.id.toHexString() === change.change) throw nameReused()
    if (before.rev !== change.rev) throw changedMeanwhile()

    const after: ChatDocument = {
      ...before,
      users: change.users,
      rev: change.rev + 1,
      change: {
        id: new ObjectId(change.change),
        hash,
        removed: before.users.filter((user) => !change.users.includes(user)),
      },
    }
    const added = change.users.filter((user) => !before.users.includes(user))
    await putRows(commands, cid, { users: added, rev: after.rev, at: new Date(now()) }, budget)
    const update = {
      q: { _id: after._id, cid: after.cid, rev: change.rev },
      u: { $set: { users: after.users, rev: after.rev, change: after.change } },
    }
    const { n, writeErrors } = await commands.write({ update: collections.log, updates: [update] }, budget)
    if (writeErrors[0]) throw outcomeUnknown(new Error(writeErrors[0].errmsg))
    if (n === 1) return await finish(after, budget)

    const current = await afterWrite(untilPast(cid, change.rev, budget))
    if (isDone(current, change, hash)) return await finish(current, budget)
    await dropRows(commands, current, added, budget)
    throw changedMeanwhile()
  }

  /** The change that was quicker may not be on a majority yet. */
  async function untilPast(cid: string, rev: number, budget: Budget): Promise<ChatDocument> {
    for (;;) {
      const chat = await untilSeen(cid, budget)
      if (chat.rev > rev) return chat
      await shortPause()
    }
  }

  /** Also after a repeat: who did the change first may have died before this. */
  async function finish(chat: ChatDocument, budget: Budget): Promise<Chat> {
    await dropRows(commands, chat, chat.change?.removed ?? [], budget)
    return toChat(chat)
  }

  async function list({ uid, limit, cursor }: ChatListQuery): Promise<ChatList> {
    const budget = startBudget()
    const wanted = limit + 1
    const found: { at: number; chat: ListedChat }[] = []
    let after = cursor === undefined ? undefined : decodeListCursor(uid, cursor)
    for (let more = true; more && found.length < wanted; ) {
      const rows = await findRows(commands, uid, after, wanted - found.length, budget)
      const last = rows.at(-1)
      if (!last) break
      more = rows.length === wanted - found.length
      after = { at: last.at.getTime(), cid: last.cid.toHexString() }
      const cids = rows.map((row) => row.cid)
      const confirmed = await findConfirmed(commands, uid, cids, budget)
      const byId = new Map(confirmed.map((chat) => [chat._id.toHexString(), chat]))
      for (const row of rows) {
        const chat = byId.get(row.cid.toHexString())
        if (chat) found.push({ at: row.at.getTime(), chat })
      }
    }
    const page = found.slice(0, limit)
    const end = page.at(-1)
    return {
      object: 'list',
      data: page.map(({ chat }) => toChat(chat)),
      ...(end && found.length > limit
        ? { nextCursor: encodeListCursor(uid, { at: end.at, cid: end.chat._id.toHexString() }) }
        : {}),
    }
  }

  return {
    create,
    get: async (cid, uid) => toChat(await findChatAsMember(commands, cid, uid, startBudget())),
    changeMembers,
    list,
  }
}

function isDone(chat: ChatDocument, change: MembersChange, hash: string): boolean {
  return chat.change?.id.toHexString() === change.change && chat.change.hash === hash
}
