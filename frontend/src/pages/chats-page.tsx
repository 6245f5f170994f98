import { useCallback, useEffect, useMemo, useState } from 'react'
import { createApi } from '../api/create-api.ts'
import { createOutbox } from '../api/outbox.ts'
import type { Token } from '../api/types.ts'
import { ChatList } from '../components/chat-list.tsx'
import { Conversation } from '../components/conversation.tsx'
import { Logo } from '../components/logo.tsx'
import { messageOf } from '../components/message-of.ts'
import { NewChatDialog } from '../components/new-chat-dialog.tsx'
import { Notice } from '../components/notice.tsx'
import { createPeople } from '../components/people.ts'
import { useChats } from '../components/use-chats.ts'
import { closeChat, openChat, useOpenChat } from '../components/use-open-chat.ts'

export interface ChatsPageProps {
  session: Token
  /** Called when the session is over, with a reason to show if the user did not ask for it. */
  onEnd: (session: Token, reason?: string) => void
}

export function ChatsPage({ session, onEnd }: ChatsPageProps) {
  const api = useMemo(
    () => createApi(session.token, () => onEnd(session, 'Your session has ended. Sign in again.')),
    [session, onEnd],
  )
  const people = useMemo(() => createPeople(api), [api])
  const outbox = useMemo(
    () =>
      createOutbox({
        send: api.sendMessage,
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      }),
    [api],
  )
  const chats = useChats(api)
  const cid = useOpenChat()
  const [isStarting, setIsStarting] = useState(false)
  const [signOutError, setSignOutError] = useState<string>()
  const closeDialog = useCallback(() => setIsStarting(false), [])
  const hasUnsent = useCallback(
    () => outbox.snapshot().some(({ state }) => state === 'sending' || state === 'retrying'),
    [outbox],
  )

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => {
      if (hasUnsent()) event.preventDefault()
    }
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [hasUnsent])

  async function signOut(): Promise<void> {
    if (hasUnsent() && !confirm('A message is still being sent. Sign out all the same?')) return
    setSignOutError(undefined)
    try {
      await api.signOut()
      outbox.close()
      closeChat()
      onEnd(session)
    } catch (failure) {
      setSignOutError(`You are still signed in: ${messageOf(failure)}`)
    }
  }

  return (
    <div className={cid ? 'app chat-open' : 'app'}>
      <header className="bar">
        <Logo />
        <span className="brand">Roundtable</span>
        <span className="who" title={`user id ${session.userId}`}>
          {session.username}
        </span>
        <button type="button" className="button" onClick={() => void signOut()}>
          Sign out
        </button>
      </header>
      {signOutError && <Notice kind="error">{signOutError}</Notice>}
      <nav className="side" aria-label="Chats">
        <div className="side-head">
          <h1>Chats</h1>
          <button type="button" className="button primary" onClick={() => setIsStarting(true)}>
            New chat
          </button>
        </div>
        <ChatList chats={chats} people={people} me={session.userId} openCid={cid} />
      </nav>
      <main className="main">
        {cid ? (
          <Conversation key={cid} cid={cid} api={api} people={people} outbox={outbox} me={session.userId} />
        ) : (
          <p className="empty">Choose a chat, or start a new one.</p>
        )}
      </main>
      {isStarting && (
        <NewChatDialog
          api={api}
          me={session.userId}
          onClose={closeDialog}
          onCreated={(chat) => {
            closeDialog()
            chats.pollNow()
            openChat(chat.id)
          }}
        />
      )}
    </div>
  )
}
