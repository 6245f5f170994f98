import { expect } from '@jest/globals'
import type { Chat, Message, NewChat, NewMessage } from '@roundtable/common/dialogue-wire'
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

/** All pages of a chat's messages, newest first. */
export async function allMessages(
  store: DialogueStore,
  query: { cid: string; uid: number; limit?: number },
): Promise<Message[]> {
  return allPages((cursor) => store.messages.list({ limit: 200, ...query, ...cursor }))
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
    },
    messages: {
      append: (...args) => persist(() => messages.append(...args)),
      list: (...args) => persist(() => messages.list(...args)),
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
