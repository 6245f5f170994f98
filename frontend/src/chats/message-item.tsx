import { Menu, UnstyledButton } from '@mantine/core'
import { memo, useEffect, useRef, useState } from 'react'
import type { Message } from '../api/types.ts'
import { Avatar } from '../parts/avatar.tsx'
import { Icon } from '../parts/icon.tsx'
import { RichText } from '../parts/rich-text.tsx'
import { useText } from '../text/language.tsx'
import { useDeletion } from './use-deletion.ts'

export interface MessageItemProps {
  message: Message
  author: string
  isOwn: boolean
  /** Someone else wrote the one before, or it was on another day. */
  isNewAuthor: boolean
  /** It was looked for. */
  isWanted: boolean
  /** By how many others it was read; undefined when that is not shown. */
  readBy: number | undefined
  othersCount: number
  onEdit: (message: Message) => void
}

/** A message as it is now. */
export const MessageItem = memo(function MessageItem(props: MessageItemProps) {
  const { message, author, isOwn, isNewAuthor, isWanted, readBy = 0, othersCount, onEdit } = props
  const text = useText()
  const at = new Date(message.createdAt * 1000)
  return (
    <li className={`message${isOwn ? ' own' : ''}${isWanted ? ' is-wanted' : ''}`} data-seq={message.seq}>
      {isNewAuthor && !isOwn && <Avatar id={message.uid} name={author} />}
      {isNewAuthor && (
        <p className={isOwn ? 'author visually-hidden' : 'author'} dir="auto">
          {isOwn ? text.you : author}
        </p>
      )}
      <div className={message.deleted ? 'bubble is-deleted' : 'bubble'} dir="auto">
        {message.deleted ? text.chats.deleted : <RichText text={message.text} />}
      </div>
      <span className="message-ends">
        {message.editedAt !== undefined && !message.deleted && <span>{text.chats.edited}</span>}
        <time dateTime={at.toISOString()} title={at.toLocaleString(text.locale)}>
          {at.toLocaleTimeString(text.locale, { hour: '2-digit', minute: '2-digit' })}
        </time>
        {!message.deleted && <MessageMenu message={message} isOwn={isOwn} onEdit={onEdit} />}
      </span>
      {readBy > 0 && (
        <p className="delivery">
          <Icon name="checks" size={14} />{' '}
          {readBy >= othersCount ? text.chats.readByAll : text.chats.readBy(readBy)}
        </p>
      )}
    </li>
  )
})

/** What can be done with a message. The menu is made when it is first asked for: a chat has hundreds of messages. */
function MessageMenu({ message, isOwn, onEdit }: Pick<MessageItemProps, 'message' | 'isOwn' | 'onEdit'>) {
  const text = useText()
  const remove = useDeletion(message)
  const [isWanted, setIsWanted] = useState(false)
  const [isOpen, setIsOpen] = useState(false)
  const trigger = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isWanted) return
    // With the menu comes another button: left without the focus, it would not get it back when the menu closes.
    trigger.current?.focus()
    setIsOpen(true)
  }, [isWanted])
  const button = (
    <UnstyledButton
      ref={trigger}
      className="message-menu"
      aria-label={text.chats.actions}
      {...(isWanted ? {} : { 'aria-haspopup': 'menu', onClick: () => setIsWanted(true) })}
    >
      <Icon name="more" size={16} />
    </UnstyledButton>
  )
  if (!isWanted) return button
  return (
    <Menu opened={isOpen} onChange={setIsOpen} position="bottom-end" shadow="md" radius="md">
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        {/* Only a page that came over https, or from this machine, has a clipboard. */}
        {isSecureContext && (
          <Menu.Item onClick={() => void navigator.clipboard.writeText(message.text)}>
            {text.chats.copy}
          </Menu.Item>
        )}
        {isOwn && <Menu.Item onClick={() => onEdit(message)}>{text.chats.edit}</Menu.Item>}
        {isOwn && <Menu.Item onClick={remove}>{text.chats.delete}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}
