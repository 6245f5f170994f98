import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Message, Page } from '../api/types.ts'
import { LoadMore } from '../parts/load-more.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNames } from '../people/use-names.ts'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'

/** Messages that have all these words, each leading to its place in its chat. */
export function MessageSearch({ words, cid }: { words: string; cid: string | undefined }) {
  const { api } = useSession()
  const text = useText()
  const names = useNames()
  const found = useInfiniteQuery({
    queryKey: queryKeys.foundMessages(words, cid),
    queryFn: ({ pageParam, signal }) => api.searchMessages(words, cid, { cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }: Page<Message>) => nextCursor,
  })
  const messages = found.data?.pages.flatMap(({ data }) => data)
  const isOver = messages?.length === 0 && !found.hasNextPage
  return (
    <div className="side-list">
      {found.error && <Notice kind="error">{errorText(text, found.error)}</Notice>}
      {!messages && !found.error && <p className="hint">{text.loading}</p>}
      {isOver && <p className="hint">{text.chats.noResults}</p>}
      <ul className="chat-list" aria-label={text.chats.results}>
        {messages?.map((message) => (
          <li key={message.id}>
            <Link
              to="/chats/$cid"
              params={{ cid: message.cid }}
              search={{ seq: message.seq }}
              className="chat-link"
            >
              <span className="two-lines">
                <span className="line-title" dir="auto">
                  {names.orYou(message.uid)}
                </span>
                <span className="line-sub" dir="auto">
                  {message.text.slice(0, 200)}
                </span>
              </span>
              <time className="line-sub" dateTime={new Date(message.createdAt * 1000).toISOString()}>
                {new Date(message.createdAt * 1000).toLocaleDateString(text.locale)}
              </time>
            </Link>
          </li>
        ))}
      </ul>
      <LoadMore
        hasMore={found.hasNextPage}
        isLoading={found.isFetchingNextPage}
        hasFailed={found.error !== null}
        onLoad={() => void found.fetchNextPage()}
        label={text.chats.moreResults}
      />
    </div>
  )
}
