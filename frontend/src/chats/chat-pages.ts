import type { ServerFrame } from '../api/frames.ts'
import type { Chat, MembersEntry, Message, Page } from '../api/types.ts'

/** The list of chats as far as it was loaded, latest activity first. */
export interface ChatPages {
  pages: Page<Chat>[]
  pageParams: unknown[]
}

/** The API counts no further. */
const maxUnread = 100

/**
 * The list after a frame: as it would be answered now.
 * @returns undefined when the list has to be asked for, because it cannot be told from the frame
 */
export function chatPagesAfter(list: ChatPages, frame: ServerFrame, me: number): ChatPages | undefined {
  switch (frame.type) {
    case 'message':
      return afterMessage(list, frame.message, me)
    case 'members':
      return afterMembers(list, frame.members, me)
    case 'edited': {
      const { cid, id, seq, text, editedAt = 0 } = frame.message
      return afterChange(list, { cid, id, seq }, (message) => ({ ...message, text, editedAt }))
    }
    case 'deleted':
      return afterChange(list, frame, (message) => ({ ...message, text: '', deleted: true }))
    case 'read':
      return frame.uid === me ? afterRead(list, frame.cid, frame.seq) : list
    default:
      return list
  }
}

/** A chat, if it is in the part of the list that was loaded. */
export function findChat(list: ChatPages | undefined, cid: string): Chat | undefined {
  return list?.pages.flatMap(({ data }) => data).find(({ id }) => id === cid)
}

/** Puts a chat in its place, or in the first one; takes it out when there is none. */
function replace(list: ChatPages, cid: string, chat: Chat | undefined, toTop: boolean): ChatPages {
  const pages = list.pages.map((page, index) => {
    if (!toTop && chat) return { ...page, data: page.data.map((one) => (one.id === cid ? chat : one)) }
    const others = page.data.filter(({ id }) => id !== cid)
    return { ...page, data: index === 0 && chat ? [chat, ...others] : others }
  })
  return { ...list, pages }
}

function afterMessage(list: ChatPages, message: Message, me: number): ChatPages | undefined {
  const chat = findChat(list, message.cid)
  if (!chat) return undefined
  if (message.seq <= chat.lastSeq) return list
  const isUnread = message.uid !== me && message.seq > chat.readSeq
  const unread = Math.min(chat.unread + (isUnread ? 1 : 0), maxUnread)
  return replace(list, chat.id, { ...chat, lastSeq: message.seq, lastMessage: message, unread }, true)
}

function afterMembers(list: ChatPages, entry: MembersEntry, me: number): ChatPages | undefined {
  const chat = findChat(list, entry.cid)
  if (entry.removed.includes(me)) return chat ? replace(list, chat.id, undefined, false) : list
  if (!chat) return undefined
  if (entry.seq <= chat.lastSeq) return list
  const { name: oldName, ...nameless } = chat
  const name = entry.name ?? oldName
  const stayed = chat.users.filter((uid) => !entry.removed.includes(uid) && !entry.added.includes(uid))
  const users = [...stayed, ...entry.added].sort((a, b) => a - b)
  const changed = { ...nameless, ...(name ? { name } : {}), users, lastSeq: entry.seq }
  return replace(list, chat.id, changed, true)
}

function afterChange(
  list: ChatPages,
  { cid, id, seq }: { cid: string; id: string; seq: number },
  change: (message: Message) => Message,
): ChatPages | undefined {
  const chat = findChat(list, cid)
  if (!chat) return undefined
  if (seq <= chat.lastSeq) return list
  const { lastMessage } = chat
  const changed = lastMessage?.id === id ? { lastMessage: change(lastMessage) } : {}
  return replace(list, cid, { ...chat, ...changed, lastSeq: seq }, false)
}

function afterRead(list: ChatPages, cid: string, seq: number): ChatPages | undefined {
  const chat = findChat(list, cid)
  if (!chat || seq <= chat.readSeq) return list
  // Some of the unread ones may be own ones or edits: how many are left only the API can tell.
  if (seq < chat.lastSeq && chat.unread > 0) return undefined
  return replace(list, cid, { ...chat, readSeq: seq, unread: 0 }, false)
}
