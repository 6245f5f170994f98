import { Fragment, type ReactNode } from 'react'
import type { Message } from '../api/types.ts'
import { Avatar } from './avatar.tsx'
import type { People } from './people.ts'
import type { Messages } from './use-messages.ts'
import { useScrollBox } from './use-scroll-box.ts'

export interface MessageListProps {
  messages: Messages
  people: People
  me: number
  /** Messages still on their way, shown last. */
  children: ReactNode
}

const timeFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' })

export function MessageList({ messages, people, me, children }: MessageListProps) {
  const { hasOlder, isLoadingOlder, loadOlder } = messages
  const list = messages.list?.filter(({ object }) => object !== 'members')
  const box = useScrollBox(list?.[0]?.id)

  return (
    <div className="messages" ref={box}>
      {hasOlder && (
        <button type="button" className="button older" disabled={isLoadingOlder} onClick={loadOlder}>
          {isLoadingOlder ? 'Loading …' : 'Load older messages'}
        </button>
      )}
      {!list && !messages.error && <p className="hint">Loading …</p>}
      {list?.length === 0 && <p className="hint">No messages yet. Say hello.</p>}
      {/* biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to Safari */}
      <ol className="log" role="list" aria-label="Messages" aria-live="polite">
        {list?.map((message, index) => (
          <MessageItem
            key={message.id}
            message={message}
            previous={list[index - 1]}
            isOwn={message.uid === me}
            author={people.name(message.uid)}
          />
        ))}
        {children}
      </ol>
    </div>
  )
}

interface MessageItemProps {
  message: Message
  previous: Message | undefined
  isOwn: boolean
  author: string
}

function MessageItem({ message, previous, isOwn, author }: MessageItemProps) {
  const at = new Date(message.createdAt * 1000)
  const isNewDay = !previous || at.toDateString() !== new Date(previous.createdAt * 1000).toDateString()
  const isNewAuthor = isNewDay || previous.uid !== message.uid
  return (
    <Fragment>
      {isNewDay && <li className="day">{dayFormat.format(at)}</li>}
      <li className={isOwn ? 'message own' : 'message'}>
        {isNewAuthor && !isOwn && <Avatar id={message.uid} name={author} />}
        {isNewAuthor && (
          <p className={isOwn ? 'author visually-hidden' : 'author'}>{isOwn ? 'You' : author}</p>
        )}
        <p className="bubble" dir="auto">
          {message.deleted ? 'This message was deleted.' : message.text}
        </p>
        <time dateTime={at.toISOString()}>{timeFormat.format(at)}</time>
      </li>
    </Fragment>
  )
}
