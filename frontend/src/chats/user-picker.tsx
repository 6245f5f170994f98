import { TextInput } from '@mantine/core'
import { useState } from 'react'
import type { User } from '../api/types.ts'
import { Avatar } from '../parts/avatar.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Notice } from '../parts/notice.tsx'
import { useLaterValue } from '../parts/use-later-value.ts'
import { displayName } from '../people/people.ts'
import { useFoundUsers } from '../people/use-found-users.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'

export interface UserPickerProps {
  picked: readonly User[]
  /** Those who cannot be picked. */
  without: readonly number[]
  onPick: (picked: User[]) => void
}

/** Picks users by id or name. */
export function UserPicker({ picked, without, onPick }: UserPickerProps) {
  const text = useText()
  const [words, setWords] = useState('')
  const found = useFoundUsers(useLaterValue(words.trim()))
  const taken = new Set([...without, ...picked.map(({ id }) => id)])
  const candidates = found.users?.filter(({ id }) => !taken.has(id))

  return (
    <div className="picker">
      {picked.length > 0 && (
        <ul className="picked" aria-label={text.chats.picked}>
          {picked.map((user) => (
            <li key={user.id}>
              {displayName(user)}
              <button
                type="button"
                aria-label={text.remove(displayName(user))}
                onClick={() => onPick(picked.filter(({ id }) => id !== user.id))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <TextInput
        label={text.chats.pick}
        type="search"
        autoComplete="off"
        data-autofocus
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => {
          // Enter in the search does not start the chat.
          if (event.key === 'Enter') event.preventDefault()
        }}
      />
      {found.error && <Notice kind="error">{errorText(text, found.error)}</Notice>}
      <ul className="found" aria-label={text.chats.found}>
        {candidates?.map((user) => (
          <li key={user.id}>
            <button
              type="button"
              onClick={() => {
                onPick([...picked, user])
                setWords('')
              }}
            >
              <Avatar id={user.id} name={displayName(user)} />
              <span className="two-lines">
                <span className="line-title" dir="auto">
                  {displayName(user)}
                </span>
                <span className="line-sub">
                  {user.username} · id {user.id}
                </span>
              </span>
            </button>
          </li>
        ))}
        {candidates && (
          <li>
            <LoadMore
              hasMore={found.hasMore}
              isLoading={found.isLoadingMore}
              hasFailed={found.error !== null}
              onLoad={found.loadMore}
              label={text.chats.found}
            />
          </li>
        )}
      </ul>
      {candidates?.length === 0 && !found.hasMore && !found.error && (
        <p className="hint">{text.chats.nobody}</p>
      )}
    </div>
  )
}
