import type { Chat } from '@roundtable/common/dialogue-wire'
import { ObjectId } from 'mongodb'
import { toMessage } from '../messages/mongo-entries.ts'
import type { Budget } from '../mongo/budget.ts'
import { collections, idIndex, type UserChatDocument } from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import type { Activity } from './mongo-activity.ts'
import { findConfirmed, type ListedChat, rowId } from './mongo-list-rows.ts'
import { countUnread, readSummaries } from './mongo-summaries.ts'
import { emptySummary, type Summary, unreadOf } from './summary.ts'

/** A chat, and what its log comes to. */
export interface ChatState {
  chat: ListedChat
  summary: Summary
}

/** Reads chats as their members see them. */
export function createMongoViews(commands: MongoCommands, activity: Pick<Activity, 'noteUnsummed'>) {
  /** Those of these chats that confirm the user, by id: in two commands, and a third when something is new in them. */
  async function readStates(
    uid: number,
    cids: readonly ObjectId[],
    budget: Budget,
  ): Promise<Map<string, ChatState>> {
    if (cids.length === 0) return new Map()
    const chats = await findConfirmed(commands, uid, cids, budget)
    const summaries = await readSummaries(commands, chats, budget)
    return new Map(
      chats.map((chat) => {
        const cid = chat._id.toHexString()
        if (!chat.summary) activity.noteUnsummed(cid)
        return [cid, { chat, summary: summaries.get(cid)?.summary ?? emptySummary }]
      }),
    )
  }

  async function toChat(
    { chat, summary }: ChatState,
    uid: number,
    mark: number,
    budget: Budget,
  ): Promise<Chat> {
    const cid = chat._id.toHexString()
    const unread = unreadOf(summary, uid, mark) ?? (await countUnread(commands, { cid, uid, mark }, budget))
    return {
      object: 'chat',
      id: cid,
      users: chat.users,
      createdAt: chat.createdAt,
      rev: chat.rev,
      ...(chat.name === undefined ? {} : { name: chat.name }),
      ...(chat.direct ? { direct: true } : {}),
      lastSeq: summary.seq,
      ...(summary.last ? { lastMessage: toMessage(summary.last) } : {}),
      unread,
      readSeq: mark,
    }
  }

  /** One chat; undefined when there is none that confirms the user. */
  async function readChat(cid: string, uid: number, budget: Budget): Promise<Chat | undefined> {
    const [states, marks] = await Promise.all([
      readStates(uid, [new ObjectId(cid)], budget),
      findMarks(commands, cid, [uid], budget),
    ])
    const state = states.get(cid)
    return state && (await toChat(state, uid, marks.get(uid) ?? 0, budget))
  }

  return { readStates, readChat, toChat }
}

/** Up to where these users have read this chat; who has not read anything may be missing. */
export async function findMarks(
  commands: MongoCommands,
  cid: string,
  users: readonly number[],
  budget: Budget,
): Promise<Map<number, number>> {
  const rows = await commands.find<Pick<UserChatDocument, 'uid' | 'read'>>(
    {
      find: collections.userChats,
      filter: {
        // By equality wherever one row is asked for: a router then asks one shard without looking at more.
        uid: users.length === 1 ? users[0] : { $in: users },
        _id: { $in: users.map((uid) => rowId(uid, cid)) },
      },
      projection: { _id: 0, uid: 1, read: 1 },
      hint: idIndex,
      limit: users.length,
    },
    budget,
  )
  return new Map(rows.map(({ uid, read }) => [uid, read ?? 0]))
}
