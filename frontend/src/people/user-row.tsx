import { Link } from '@tanstack/react-router'
import type { User } from '../api/types.ts'
import { Avatar } from '../parts/avatar.tsx'
import { useSession } from '../session/session-context.ts'
import { useText } from '../text/language.tsx'
import { FollowButton } from './follow-button.tsx'
import { displayName } from './people.ts'

/** A user in a list: leads to the profile, and can be followed at once. */
export function UserRow({ user }: { user: User }) {
  const { me } = useSession()
  const text = useText()
  const name = displayName(user)
  return (
    <li className="user-row">
      <Link to="/people/$id" params={{ id: String(user.id) }} className="user-link">
        <Avatar id={user.id} name={name} />
        <span className="two-lines">
          <span className="line-title" dir="auto">
            {name}
          </span>
          <span className="line-sub">
            {[user.username, user.age && text.people.years(user.age), user.city].filter(Boolean).join(' · ')}
          </span>
        </span>
      </Link>
      {user.id === me ? <span className="line-sub">{text.people.isYou}</span> : <FollowButton user={user} />}
    </li>
  )
}
