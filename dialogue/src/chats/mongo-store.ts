import type { ChatListQuery, MembersChange, NewChat } from '@roundtable/common/dialogue-requests'
import { type Chat, type ChatList, type Heads, maxHeads } from '@roundtable/common/dialogue-wire'
import type { ObjectId } from 'mongodb'
import type { OwedEntries } from '../messages/mongo-owed.ts'
import { startBudget } from '../mongo/budget.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { afterWrite } from '../mongo/errors.ts'
import type { Now } from '../mongo/store-clock.ts'
import type { OnStored } from '../on-stored.ts'
import { noSuchChat } from '../refusals.ts'
import { decodeListCursor, encodeListCursor } from './list-cursor.ts'
import type { Activity } from './mongo-activity.ts'
import { createMongoChanges } from './mongo-changes.ts'
import { findConfirmed, findRows } from './mongo-list-rows.ts'
import { createMongoReadMarks } from './mongo-read-marks.ts'
import { readLastSeqs } from './mongo-summaries.ts'
import { type ChatState, createMongoViews } from './mongo-views.ts'
import type { ChatStore } from './store.ts'
import { emptySummary } from './summary.ts'

/** Chats in MongoDB. */
export function createMongoChats(options: {
  commands: MongoCommands
  activity: Activity
  owed: OwedEntries
  now: Now
  onStored?: OnStored | undefined
}): ChatStore {
  const { commands, activity, owed, now, onStored } = options
  const { readStates, readChat, toChat } = createMongoViews(commands, activity)
  const changes = createMongoChanges({ commands, owed, now })

  async function create(request: NewChat): Promise<Chat> {
    const budget = startBudget()
    const { chat, isNew } = await changes.create(request, budget)
    const seen = isNew ? undefined : await afterWrite(readChat(request.id, request.uid, budget))
    return seen ?? (await toChat({ chat, summary: emptySummary }, request.uid, 0, budget))
  }

  async function get(cid: string, uid: number): Promise<Chat> {
    const chat = await readChat(cid, uid, startBudget())
    if (!chat) throw noSuchChat()
    return chat
  }

  async function changeMembers(cid: string, uid: number, change: MembersChange): Promise<Chat> {
    const budget = startBudget()
    const chat = await changes.changeMembers(cid, uid, change, budget)
    const seen = await afterWrite(readChat(cid, uid, budget))
    // Who has left by it sees no more of the chat than who is in it.
    return seen ?? (await toChat({ chat, summary: emptySummary }, uid, 0, budget))
  }

  async function list({ uid, limit, cursor }: ChatListQuery): Promise<ChatList> {
    const budget = startBudget()
    const wanted = limit + 1
    const found: { at: number; cid: string; mark: number; state: ChatState }[] = []
    let after = cursor === undefined ? undefined : decodeListCursor(uid, cursor)
    for (let more = true; more && found.length < wanted; ) {
      const rows = await findRows(commands, uid, after, wanted - found.length, budget)
      more = rows.length === wanted - found.length
      const cids = rows.map(({ cid }) => cid)
      const states = await readStates(uid, cids, budget)
      for (const row of rows) {
        const cid = row.cid.toHexString()
        after = { at: row.at.getTime(), cid }
        const state = states.get(cid)
        if (state) found.push({ ...after, mark: row.read ?? 0, state })
      }
    }
    const page = found.slice(0, limit)
    const end = page.at(-1)
    const data = await Promise.all(page.map(({ state, mark }) => toChat(state, uid, mark, budget)))
    return {
      object: 'list',
      data,
      ...(end && found.length > limit ? { nextCursor: encodeListCursor(uid, end) } : {}),
    }
  }

  async function heads(uid: number): Promise<Heads> {
    const budget = startBudget()
    const rows = await findRows(commands, uid, undefined, maxHeads + 1, budget)
    const cids = rows.slice(0, maxHeads).map(({ cid }) => cid)
    if (cids.length === 0) return { object: 'heads', chats: {} }
    const fields = { 'summary.seq': 1 }
    const chats = await findConfirmed<{ _id: ObjectId; summary?: { seq: number } }>(
      commands,
      uid,
      cids,
      budget,
      fields,
    )
    const seqs = await readLastSeqs(commands, chats, budget)
    const hasMore = rows.length > maxHeads
    return { object: 'heads', chats: Object.fromEntries(seqs), ...(hasMore ? { hasMore } : {}) }
  }

  return { create, get, changeMembers, list, heads, ...createMongoReadMarks(commands, onStored) }
}
