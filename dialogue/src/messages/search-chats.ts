import type { FoundMessages, Message } from '@roundtable/common/dialogue-wire'
import { foreignCursor } from '../refusals.ts'

/** Chats a search looks into in all: the user's latest ones. */
const maxChats = 200
/** Chats it looks into for one page, and at once. */
const chatsAPage = 40
const chatsAtOnce = 8

/** Where the next page of a search goes on. */
interface SearchPlace {
  /** How many chats were looked into. */
  looked: number
  /** The chat that the next page begins with, and the seq below which it goes on there. */
  chat: { at: number; cid: string }
  below: number
}

/** A chat on a user's list. */
export interface SearchedChat {
  /** Latest activity, unix milliseconds. */
  at: number
  cid: string
}

/**
 * Looks into a user's latest chats, one after the other, for one page of messages. Each is asked by itself, because the
 * index of words is by chat; how many are asked for one page is bounded.
 * @param reads `chats` answers those of the user's list that follow a place, `isMember` whether the user is in a chat,
 * `find` the messages found in one chat below a seq, newest first
 * @throws AppError 4001 when the cursor is from elsewhere
 */
export async function searchChats(
  { uid, limit, cursor }: { uid: number; limit: number; cursor?: string | undefined },
  reads: {
    chats(place: SearchedChat | undefined, limit: number): Promise<SearchedChat[]>
    isMember(cid: string): Promise<boolean>
    find(cid: string, below: number, limit: number): Promise<Message[]>
  },
): Promise<FoundMessages> {
  const start = cursor === undefined ? undefined : decode(uid, cursor)
  // A cursor is what a client says: it may name a chat of others, or one that the user was removed from since.
  const begun = start && start.below > 0 && (await reads.isMember(start.chat.cid)) ? [start.chat] : []
  const looked = start?.looked ?? 0
  const wanted = Math.min(chatsAPage, maxChats - looked) - begun.length
  const fresh = wanted > 0 ? await reads.chats(start?.chat, wanted) : []
  const chats = [...begun, ...fresh]
  const data: Message[] = []

  const answer = (place: number, below: number): FoundMessages => {
    const chat = chats[place]
    const done = looked + place + (below > 0 ? 0 : 1)
    const mayBeMore = place + 1 < chats.length || (fresh.length === wanted && done < maxChats)
    if (!chat || (below === 0 && !mayBeMore)) return { object: 'list', data }
    return { object: 'list', data, nextCursor: encode(uid, { looked: done, chat, below }) }
  }
  for (let first = 0; first < chats.length; first += chatsAtOnce) {
    const some = chats.slice(first, first + chatsAtOnce)
    const found = await Promise.all(
      some.map(({ cid }, i) => {
        const isBegun = first + i < begun.length
        // One more than can be shown tells whether the chat has more.
        return reads.find(cid, isBegun ? (start?.below ?? 0) : Number.MAX_SAFE_INTEGER, limit + 1)
      }),
    )
    for (const [i, messages] of found.entries()) {
      const room = limit - data.length
      data.push(...messages.slice(0, room))
      if (messages.length > room) return answer(first + i, data.at(-1)?.seq ?? 0)
      if (messages.length === room) return answer(first + i, 0)
    }
  }
  return answer(chats.length - 1, 0)
}

function encode(uid: number, { looked, chat, below }: SearchPlace): string {
  return Buffer.from(`${uid}.${looked}.${chat.at}.${chat.cid}.${below}`).toString('base64url')
}

function decode(uid: number, cursor: string): SearchPlace {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  const parts = /^(\d{1,16})\.(\d{1,3})\.(\d{1,15})\.([0-9a-f]{24})\.(\d{1,16})$/.exec(text)
  const [, owner, looked, at, cid, below] = parts ?? []
  if (cid === undefined || Number(owner) !== uid) throw foreignCursor()
  return { looked: Number(looked), chat: { at: Number(at), cid }, below: Number(below) }
}
