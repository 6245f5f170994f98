import { Button, TextInput } from '@mantine/core'
import { Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import { Icon } from '../parts/icon.tsx'
import { lazyComponent } from '../parts/lazy-component.ts'
import { useLaterValue } from '../parts/use-later-value.ts'
import { useText } from '../text/language.tsx'
import { ChatList } from './chat-list.tsx'
import './chats.css'
import { MessageSearch } from './message-search.tsx'

const NewChatDialog = lazyComponent(() => import('./new-chat-dialog.tsx'), 'NewChatDialog')

/** The list of chats beside the one that is open; on a phone, one of the two. */
export function ChatsPage() {
  const text = useText()
  const navigate = useNavigate()
  const { cid } = useParams({ strict: false })
  const [isStarting, setIsStarting] = useState(false)
  const [words, setWords] = useState('')
  const searched = useLaterValue(words.trim())
  const startChat = (): void => {
    // One that could not be fetched the last time would fail again without being asked for.
    void NewChatDialog.preload?.()
    setIsStarting(true)
  }

  return (
    <div className="chats">
      <section className="side" aria-label={text.chats.list}>
        <div className="side-head">
          <h1>{text.chats.list}</h1>
          <Button size="sm" leftSection={<Icon name="plus" size={16} />} onClick={startChat}>
            {text.chats.new}
          </Button>
        </div>
        <TextInput
          className="side-search"
          type="search"
          size="sm"
          aria-label={text.chats.search}
          placeholder={text.chats.search}
          leftSection={<Icon name="search" size={16} />}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        {searched === '' ? <ChatList openCid={cid} /> : <MessageSearch words={searched} cid={undefined} />}
      </section>
      <div className="main">{cid ? <Outlet /> : <p className="hint">{text.chats.choose}</p>}</div>
      {isStarting && (
        <Suspense>
          <NewChatDialog
            onClose={() => setIsStarting(false)}
            onCreated={(chat) => {
              setIsStarting(false)
              void navigate({ to: '/chats/$cid', params: { cid: chat.id } })
            }}
          />
        </Suspense>
      )}
    </div>
  )
}
