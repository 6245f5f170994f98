import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { newKey } from '../api/new-key.ts'
import type { User } from '../api/types.ts'
import { Avatar } from '../parts/avatar.tsx'
import { Icon } from '../parts/icon.tsx'
import { Notice } from '../parts/notice.tsx'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'
import { FollowButton } from './follow-button.tsx'
import { displayName } from './people.ts'
import { ProfileForm } from './profile-form.tsx'
import './people.css'

/** One user, or oneself. */
export function ProfilePage() {
  const { id: idText } = useParams({ from: '/people/$id' })
  const id = Number(idText)
  const { api } = useSession()
  const text = useText()
  const { data: user, error } = useQuery({
    queryKey: queryKeys.user(id),
    queryFn: ({ signal }) => api.user(id, signal),
  })
  return (
    <div className="page">
      <Link to="/people" className="back-link">
        <Icon name="back" size={16} /> {text.people.back}
      </Link>
      {error && <Notice kind="error">{errorText(text, error)}</Notice>}
      {!user && !error && <p className="hint">{text.loading}</p>}
      {user && <Profile key={user.id} user={user} />}
    </div>
  )
}

function Profile({ user }: { user: User }) {
  const { me, signals } = useSession()
  const text = useText()
  const [isEditing, setIsEditing] = useState(false)
  const name = displayName(user)
  const since = new Date(user.createdAt * 1000).toLocaleDateString(text.locale, { dateStyle: 'long' })
  return (
    <article className="profile">
      <header className="profile-head">
        <Avatar id={user.id} name={name} isOnline={signals.isOnline(user.id)} />
        <div className="two-lines">
          <h1 dir="auto">{name}</h1>
          <p className="line-sub">
            {user.username} · id {user.id}
          </p>
        </div>
        {user.id !== me && (
          <div className="profile-actions">
            <WriteButton id={user.id} />
            <FollowButton user={user} />
          </div>
        )}
      </header>
      {isEditing ? (
        <ProfileForm user={user} onDone={() => setIsEditing(false)} />
      ) : (
        <>
          <dl className="facts">
            <Fact name={text.people.age} value={user.age === null ? null : text.people.years(user.age)} />
            <Fact name={text.people.city} value={user.city} />
            <Fact name={text.people.interests} value={user.interests} />
          </dl>
          <p className="line-sub">{text.people.since(since)}</p>
          {user.id === me && (
            <Button variant="default" onClick={() => setIsEditing(true)}>
              {text.people.edit}
            </Button>
          )}
        </>
      )}
    </article>
  )
}

function Fact({ name, value }: { name: string; value: string | null }) {
  if (!value) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </div>
  )
}

/** Opens the one chat with this user. */
function WriteButton({ id }: { id: number }) {
  const { api, refreshChats } = useSession()
  const navigate = useNavigate()
  const text = useText()
  const [key] = useState(newKey)
  const open = useMutation({
    mutationFn: () => api.createChat({ users: [id], direct: true }, key),
    onSuccess(chat) {
      refreshChats()
      return navigate({ to: '/chats/$cid', params: { cid: chat.id } })
    },
  })
  return (
    <>
      <Button size="compact-sm" variant="default" loading={open.isPending} onClick={() => open.mutate()}>
        {text.people.write}
      </Button>
      {open.error && <Notice kind="error">{errorText(text, open.error)}</Notice>}
    </>
  )
}
