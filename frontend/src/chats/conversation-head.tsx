import { ActionIcon, Menu, TextInput } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { Suspense, useState, useSyncExternalStore } from 'react'
import type { Chat } from '../api/types.ts'
import { Icon } from '../parts/icon.tsx'
import { lazyComponent } from '../parts/lazy-component.ts'
import { Notice } from '../parts/notice.tsx'
import { useNames } from '../people/use-names.ts'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'

const ChatDialog = lazyComponent(() => import('./chat-dialog.tsx'), 'ChatDialog')

export interface ConversationHeadProps {
  cid: string
  /** Undefined until it is known. */
  chat: Chat | undefined
  isSearching: boolean
  onSearch: (isSearching: boolean) => void
  words: string
  onWords: (words: string) => void
}

/** What the chat is called and who is there, and what can be done with it. */
export function ConversationHead(props: ConversationHeadProps) {
  const { cid, chat, isSearching, onSearch, words, onWords } = props
  const { api, me, refreshChats } = useSession()
  const text = useText()
  const names = useNames()
  const navigate = useNavigate()
  const [isOpen, setIsOpen] = useState(false)
  const [error, setError] = useState<unknown>()

  const showDetails = (): void => {
    // One that could not be fetched the last time would fail again without being asked for.
    void ChatDialog.preload?.()
    setIsOpen(true)
  }
  const leave = async (): Promise<void> => {
    if (!confirm(text.chats.leaveQuestion)) return
    setError(undefined)
    try {
      await api.leaveChat(cid)
      refreshChats()
      await navigate({ to: '/chats' })
    } catch (failure) {
      setError(failure)
    }
  }

  return (
    <header className="conversation-head">
      <Link to="/chats" className="back" aria-label={text.chats.back}>
        <Icon name="back" />
      </Link>
      <div className="two-lines">
        <h2 dir="auto">{chat ? names.ofChat(chat) : '…'}</h2>
        {chat && <WhoIsThere chat={chat} me={me} />}
      </div>
      <ActionIcon
        variant="subtle"
        size="lg"
        color="gray"
        aria-label={text.chats.searchHere}
        aria-pressed={isSearching}
        onClick={() => onSearch(!isSearching)}
      >
        <Icon name="search" />
      </ActionIcon>
      <Menu position="bottom-end" shadow="md" radius="md">
        <Menu.Target>
          <ActionIcon variant="subtle" size="lg" color="gray" aria-label={text.chats.details}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={!chat} onClick={showDetails}>
            {text.chats.details}
          </Menu.Item>
          <Menu.Item disabled={!chat} onClick={() => void leave()}>
            {text.chats.leave}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isSearching && (
        <TextInput
          className="head-search"
          type="search"
          autoFocus
          aria-label={text.chats.searchHere}
          placeholder={text.chats.searchHere}
          value={words}
          onChange={(event) => onWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onSearch(false)
          }}
        />
      )}
      {error !== undefined && <Notice kind="error">{errorText(text, error)}</Notice>}
      {isOpen && chat && (
        <Suspense>
          <ChatDialog chat={chat} onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </header>
  )
}

/** Who is writing; else who is there. */
function WhoIsThere({ chat, me }: { chat: Chat; me: number }) {
  const { signals } = useSession()
  const text = useText()
  const names = useNames()
  useSyncExternalStore(signals.subscribe, signals.version)
  const typing = signals.typing(chat.id)
  const online = chat.users.filter((uid) => uid !== me && signals.isOnline(uid)).length
  const isDirect = chat.users.length === 2 && !chat.name
  const presence = isDirect
    ? online > 0
      ? text.online
      : ''
    : [text.chats.members(chat.users.length), ...(online > 0 ? [`${online} ${text.online}`] : [])].join(', ')
  return (
    <p className="line-sub" aria-live="polite">
      {typing.length > 0 ? <em>{text.chats.typing(typing.map(names.of))}</em> : presence}
    </p>
  )
}
