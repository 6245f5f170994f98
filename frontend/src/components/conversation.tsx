import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import type { Api } from '../api/create-api.ts'
import type { Outbox } from '../api/outbox.ts'
import type { Chat } from '../api/types.ts'
import { Composer } from './composer.tsx'
import { MessageList } from './message-list.tsx'
import { Notice } from './notice.tsx'
import { OutgoingItem } from './outgoing-item.tsx'
import { chatTitle, type People, usePeople } from './people.ts'
import { useMessages } from './use-messages.ts'
import { usePolling } from './use-polling.ts'

export interface ConversationProps {
  cid: string
  api: Api
  people: People
  outbox: Outbox
  me: number
}

/** Members change seldom. */
const membersPollMs = 20_000

export function Conversation({ cid, api, people, outbox, me }: ConversationProps) {
  usePeople(people)
  const [chat, setChat] = useState<Chat>()
  const loadChat = useCallback(
    async (signal: AbortSignal) => setChat(await api.chat(cid, signal)),
    [api, cid],
  )
  usePolling(loadChat, membersPollMs)
  const messages = useMessages(api, cid)
  const outgoing = useSyncExternalStore(outbox.subscribe, outbox.snapshot).filter((one) => one.cid === cid)

  const acknowledged = outgoing.filter(({ id }) => id !== undefined).length
  useEffect(() => {
    if (acknowledged > 0) messages.pollNow()
  }, [acknowledged, messages.pollNow])

  useEffect(() => {
    const seen = new Set(messages.list?.map(({ id }) => id))
    for (const { key, id } of outgoing) if (id !== undefined && seen.has(id)) outbox.drop(key)
  }, [messages.list, outgoing, outbox])

  return (
    <section className="conversation" aria-label="Conversation">
      <header className="conversation-head">
        <a className="back" href="#/" aria-label="Back to the chats">
          ←
        </a>
        <h2 dir="auto">{chat ? chatTitle(chat.users, me, people) : '…'}</h2>
      </header>
      {messages.error && <Notice kind="error">{messages.error}</Notice>}
      <MessageList messages={messages} people={people} me={me}>
        {outgoing.map((message) => (
          <OutgoingItem key={message.key} message={message} outbox={outbox} />
        ))}
      </MessageList>
      {messages.list && <Composer onWrite={(text) => outbox.write(cid, text)} />}
    </section>
  )
}
