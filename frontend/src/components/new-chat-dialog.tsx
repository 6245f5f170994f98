import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { Api } from '../api/create-api.ts'
import { newKey } from '../api/new-key.ts'
import type { Chat, User } from '../api/types.ts'
import { Avatar } from './avatar.tsx'
import { Field } from './field.tsx'
import { messageOf } from './message-of.ts'
import { Notice } from './notice.tsx'
import { displayName } from './people.ts'
import { useUserSearch } from './use-user-search.ts'

export interface NewChatDialogProps {
  api: Api
  me: number
  onClose: () => void
  onCreated: (chat: Chat) => void
}

/** Picks users by id or name and starts a chat with them. */
export function NewChatDialog({ api, me, onClose, onCreated }: NewChatDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [text, setText] = useState('')
  const [picked, setPicked] = useState<User[]>([])
  const [error, setError] = useState<string>()
  const [isBusy, setIsBusy] = useState(false)
  const search = useUserSearch(api, text)
  // Pressing the button again after a failure means the same chat; with other users it means another one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new key for each choice of users
  const key = useMemo(newKey, [picked])

  useEffect(() => dialog.current?.showModal(), [])

  const candidates = search.found?.filter(
    (user) => user.id !== me && !picked.some((other) => other.id === user.id),
  )

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (picked.length === 0) return
    setIsBusy(true)
    setError(undefined)
    try {
      onCreated(await api.createChat([me, ...picked.map((user) => user.id)], key))
    } catch (failure) {
      setError(messageOf(failure))
      setIsBusy(false)
    }
  }

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="new-chat" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="new-chat">New chat</h2>
        {error && <Notice kind="error">{error}</Notice>}
        {picked.length > 0 && (
          <ul className="picked" aria-label="In this chat">
            {picked.map((user) => (
              <li key={user.id}>
                {displayName(user)}
                <button
                  type="button"
                  aria-label={`Remove ${displayName(user)}`}
                  onClick={() => setPicked(picked.filter((other) => other.id !== user.id))}
                >
                  ×
                </button>
              </li>
            ))}
          </ul>
        )}
        <Field
          label="Name or id"
          type="search"
          autoComplete="off"
          autoFocus
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            // Enter in the search does not start the chat.
            if (event.key === 'Enter') event.preventDefault()
          }}
        />
        {search.error && <Notice kind="error">{search.error}</Notice>}
        <ul className="found" aria-label="Users found">
          {candidates?.map((user) => (
            <li key={user.id}>
              <button
                type="button"
                onClick={() => {
                  setPicked([...picked, user])
                  setText('')
                }}
              >
                <Avatar id={user.id} name={displayName(user)} />
                <span className="chat-name">
                  <span className="chat-title" dir="auto">
                    {displayName(user)}
                  </span>
                  <span className="chat-sub">
                    {user.username} · id {user.id}
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
        {candidates?.length === 0 && !search.error && <p className="hint">Nobody else by that name or id.</p>}
        <div className="dialog-foot">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={isBusy || picked.length === 0}>
            Start chat
          </button>
        </div>
      </form>
    </dialog>
  )
}
