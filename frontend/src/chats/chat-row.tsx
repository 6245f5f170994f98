import { Link } from '@tanstack/react-router'
import type { Chat } from '../api/types.ts'
import { Avatar } from '../parts/avatar.tsx'
import type { Names } from '../people/use-names.ts'
import { useSession } from '../session/session-context.ts'
import { useText } from '../text/language.tsx'

export interface ChatRowProps {
  chat: Chat
  isOpen: boolean
  /** Its latest messages are in view. */
  isWatched: boolean
  names: Names
  draft: string
  /** Who is writing in it. */
  typing: readonly number[]
  /** The other one of two is there. */
  isOnline: boolean
}

/** A chat in the list: what it is called, what was last said in it, how much of it is unread. */
export function ChatRow({ chat, isOpen, isWatched, names, draft, typing, isOnline }: ChatRowProps) {
  const { me } = useSession()
  const text = useText()
  const title = names.ofChat(chat)
  const isDirect = chat.users.length === 2 && !chat.name
  const other = chat.users.find((uid) => uid !== me) ?? me
  const { lastMessage, unread } = chat
  const isUnread = unread > 0 && !isWatched

  return (
    <li>
      <Link
        to="/chats/$cid"
        params={{ cid: chat.id }}
        search={{}}
        className={isUnread ? 'chat-link is-unread' : 'chat-link'}
        {...(isOpen ? { 'aria-current': 'true' as const } : {})}
      >
        <Avatar
          id={isDirect ? other : Number.parseInt(chat.id.slice(-3), 16)}
          name={title}
          isOnline={isOnline}
        />
        <span className="two-lines">
          <span className="line-title" dir="auto">
            {title}
            {isOnline && <span className="visually-hidden"> ({text.online})</span>}
          </span>
          <span className="line-sub" dir="auto">
            <LastWords chat={chat} names={names} draft={draft} typing={typing} />
          </span>
        </span>
        <span className="chat-ends">
          {lastMessage && <ShortTime at={lastMessage.createdAt} locale={text.locale} />}
          {isUnread && (
            <span className="badge">
              <span aria-hidden="true">{unread >= 100 ? '99+' : unread}</span>
              <span className="visually-hidden">{text.chats.unread(unread)}</span>
            </span>
          )}
        </span>
      </Link>
    </li>
  )
}

/** The last line of a chat: who is writing, what one has not sent, what was last said. */
function LastWords({
  chat,
  names,
  draft,
  typing,
}: Pick<ChatRowProps, 'chat' | 'names' | 'draft' | 'typing'>) {
  const { me } = useSession()
  const text = useText()
  const { lastMessage } = chat
  const isDirect = chat.users.length === 2 && !chat.name
  if (typing.length > 0) return <em>{text.chats.typing(typing.map(names.of))}</em>
  if (draft !== '') {
    return (
      <>
        <span className="draft">{text.chats.draft}</span> {draft.slice(0, 100)}
      </>
    )
  }
  if (!lastMessage) return isDirect ? null : text.chats.members(chat.users.length)
  if (lastMessage.deleted) return <em>{text.chats.deleted}</em>
  const words = lastMessage.text.slice(0, 100)
  if (lastMessage.uid === me) return `${text.you}: ${words}`
  return isDirect ? words : `${names.of(lastMessage.uid)}: ${words}`
}

const dayMs = 86_400_000

/** The time of a message of today, the day of an older one. */
function ShortTime({ at, locale }: { at: number; locale: string }) {
  const time = new Date(at * 1000)
  const isRecent = Date.now() - time.getTime() < dayMs
  const shown = isRecent
    ? time.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' })
    : time.toLocaleDateString(locale, { day: 'numeric', month: 'short' })
  return <time dateTime={time.toISOString()}>{shown}</time>
}
