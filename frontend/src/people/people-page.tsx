import { SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Icon } from '../parts/icon.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Notice } from '../parts/notice.tsx'
import { useLaterValue } from '../parts/use-later-value.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'
import './people.css'
import { useFoundUsers } from './use-found-users.ts'
import { UserRow } from './user-row.tsx'

type What = 'all' | 'friends'

/** Everybody, those whom a search finds, or those whom one follows. */
export function PeoplePage() {
  const text = useText()
  const [what, setWhat] = useState<What>('all')
  const [words, setWords] = useState('')
  const isSearch = what === 'all'
  const found = useFoundUsers(useLaterValue(isSearch ? words.trim() : ''), what)

  return (
    <div className="page">
      <h1>{text.nav.people}</h1>
      <div className="people-tools">
        <SegmentedControl
          aria-label={text.nav.people}
          value={what}
          onChange={(value) => setWhat(value === 'friends' ? 'friends' : 'all')}
          data={[
            { value: 'all', label: text.people.everyone },
            { value: 'friends', label: text.people.following },
          ]}
        />
        {isSearch && (
          <TextInput
            type="search"
            aria-label={text.people.search}
            placeholder={text.people.searchHint}
            leftSection={<Icon name="search" size={16} />}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        )}
      </div>
      {found.error && (
        <Notice kind="error">
          {errorText(text, found.error)}{' '}
          <button type="button" className="link" onClick={found.tryAgain}>
            {text.tryAgain}
          </button>
        </Notice>
      )}
      {!found.users && !found.error && <p className="hint">{text.loading}</p>}
      {found.users?.length === 0 && (
        <p className="hint">{isSearch ? text.people.none : text.people.followNone}</p>
      )}
      <ul className="user-list" aria-label={text.people.list}>
        {found.users?.map((user) => (
          <UserRow key={user.id} user={user} />
        ))}
      </ul>
      <LoadMore
        hasMore={found.hasMore}
        isLoading={found.isLoadingMore}
        hasFailed={found.error !== null}
        onLoad={found.loadMore}
        label={text.people.list}
      />
    </div>
  )
}
