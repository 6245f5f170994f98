import { expect } from '@jest/globals'
import type { NewChat, NewMessage } from '@roundtable/common/dialogue-requests'
import type { Chat, LogEntry, Message, ShownEntry } from '@roundtable/common/dialogue-wire'
import { randomResourceId } from '@roundtable/common/resource-id'
import type { DialogueStore } from '@roundtable/dialogue/dialogue-store'

/** Two stores on the same data. */
export interface TwoNodes {
  readonly one: DialogueStore
  readonly two: DialogueStore
}

/** An AppError of this code. */
export const refusal = (code: number) => expect.objectContaining({ code })

let lastUser = 1_000_000 + Math.floor(Math.random() * 1_000_000_000)

/** A user no other test knows. */
export function someUser(): number {
  lastUser += 1
  return lastUser
}

export function newChat(...users: [number, ...number[]]): NewChat {
  return { id: randomResourceId(), uid: users[0], users }
}

export async function chatOf(store: DialogueStore, ...users: [number, ...number[]]): Promise<Chat> {
  return await store.chats.create(newChat(...users))
}

export function newMessage(cid: string, uid: number, txt = 'Hi there'): NewMessage {
  return { id: randomResourceId(), cid, uid, txt }
}

/** All pages of a chat's messages, newest first; without who came and went. */
export async function allMessages(
  store: DialogueStore,
  query: { cid: string; uid: number; limit?: number },
): Promise<Message[]> {
  const shown = await allShown(store, query)
  return shown.flatMap((entry) => (entry.object === 'message' ? [entry] : []))
}

/** All that the pages of a chat show, newest first. */
export async function allShown(
  store: DialogueStore,
  query: { cid: string; uid: number; limit?: number },
): Promise<ShownEntry[]> {
  return allPages((cursor) => store.messages.list({ limit: 200, ...query, ...cursor }))
}

/** The whole log of a chat, oldest first. */
export async function allEntries(
  store: DialogueStore,
  { cid, uid, limit = 200 }: { cid: string; uid: number; limit?: number },
): Promise<LogEntry[]> {
  const all: LogEntry[] = []
  for (;;) {
    const { data, lastSeq } = await store.messages.after({ cid, uid, after: all.at(-1)?.seq ?? 0, limit })
    all.push(...data)
    if ((all.at(-1)?.seq ?? 0) >= lastSeq) return all
    if (data.length === 0) throw new Error('the log ends before its last entry')
  }
}

/** All pages of a user's chats. */
export async function allChats(
  store: DialogueStore,
  query: { uid: number; limit?: number },
): Promise<Chat[]> {
  return allPages((cursor) => store.chats.list({ limit: 200, ...query, ...cursor }))
}

async function allPages<T>(
  read: (cursor: { cursor?: string }) => Promise<{ data: T[]; nextCursor?: string | undefined }>,
): Promise<T[]> {
  const all: T[] = []
  let cursor: { cursor?: string } = {}
  for (;;) {
    const page = await read(cursor)
    all.push(...page.data)
    if (page.nextCursor === undefined) return all
    if (page.data.length === 0) throw new Error('an empty page promised more')
    cursor = { cursor: page.nextCursor }
  }
}

/** The store as callers see it, who send a request again for as long as it asks for that. */
export function persisting({ chats, messages, ...rest }: DialogueStore): DialogueStore {
  return {
    ...rest,
    chats: {
      create: (...args) => persist(() => chats.create(...args)),
      get: (...args) => persist(() => chats.get(...args)),
      changeMembers: (...args) => persist(() => chats.changeMembers(...args)),
      list: (...args) => persist(() => chats.list(...args)),
      heads: (...args) => persist(() => chats.heads(...args)),
      markRead: (...args) => persist(() => chats.markRead(...args)),
      readMarks: (...args) => persist(() => chats.readMarks(...args)),
    },
    messages: {
      append: (...args) => persist(() => messages.append(...args)),
      get: (...args) => persist(() => messages.get(...args)),
      edit: (...args) => persist(() => messages.edit(...args)),
      remove: (...args) => persist(() => messages.remove(...args)),
      list: (...args) => persist(() => messages.list(...args)),
      after: (...args) => persist(() => messages.after(...args)),
      search: (...args) => persist(() => messages.search(...args)),
    },
  }
}

async function persist<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send()
    } catch (error) {
      const again = error instanceof Error && 'code' in error && (error.code === 5031 || error.code === 5032)
      if (!again || attempt === 20) throw error
    }
  }
}
