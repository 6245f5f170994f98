import { Button } from '@mantine/core'
import { type InfiniteData, useMutation } from '@tanstack/react-query'
import type { Page, User } from '../api/types.ts'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'
import { displayName } from './people.ts'

/** Follows a user, or follows them no more. */
export function FollowButton({ user }: { user: User }) {
  const { api, people, queries } = useSession()
  const text = useText()
  const isFriend = user.isFriend === true
  const change = useMutation({
    mutationFn: () => (isFriend ? api.unfollow(user.id) : api.follow(user.id)),
    onSuccess(changed) {
      people.learn([changed])
      queries.setQueryData(queryKeys.user(user.id), changed)
      queries.setQueriesData<InfiniteData<Page<User>>>({ queryKey: queryKeys.anyUsers }, (list) =>
        list ? withUser(list, changed) : list,
      )
      void queries.invalidateQueries({ queryKey: queryKeys.users('friends', '') })
      void queries.invalidateQueries({ queryKey: queryKeys.news })
    },
  })
  const name = displayName(user)
  const label = isFriend ? text.people.unfollow : text.people.follow
  return (
    <span className="follow">
      <Button
        size="compact-sm"
        variant={isFriend ? 'default' : 'filled'}
        loading={change.isPending}
        aria-label={`${label}: ${name}`}
        onClick={() => change.mutate()}
      >
        {label}
      </Button>
      {change.error && (
        <span className="field-error" role="alert">
          {errorText(text, change.error)}
        </span>
      )}
    </span>
  )
}

function withUser(list: InfiniteData<Page<User>>, changed: User): InfiniteData<Page<User>> {
  const replaced = (user: User): User => (user.id === changed.id ? changed : user)
  return { ...list, pages: list.pages.map((page) => ({ ...page, data: page.data.map(replaced) })) }
}
