import { useEffect, useSyncExternalStore } from 'react'
import { LoadMore } from '../parts/load-more.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNames } from '../people/use-names.ts'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'
import { ChatRow } from './chat-row.tsx'
import { useChats } from './use-chats.ts'

/** The user's chats, latest activity first. */
export function ChatList({ openCid }: { openCid: string | undefined }) {
  const { signals, drafts, me, readMarker } = useSession()
  const text = useText()
  const names = useNames()
  useSyncExternalStore(signals.subscribe, signals.version)
  // Only what one sees is not unread: an open chat is, while the tab is hidden or one has scrolled up.
  const watchedCid = useSyncExternalStore(readMarker.subscribe, readMarker.watched)
  const list = useChats()
  const unread = list.chats?.reduce((sum, chat) => sum + (chat.id === watchedCid ? 0 : chat.unread), 0) ?? 0

  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Roundtable` : 'Roundtable'
    return () => {
      document.title = 'Roundtable'
    }
  }, [unread])

  return (
    <div className="side-list">
      {list.error && (
        <Notice kind="error">
          {errorText(text, list.error)}{' '}
          <button type="button" className="link" onClick={list.tryAgain}>
            {text.tryAgain}
          </button>
        </Notice>
      )}
      {!list.chats && !list.error && <p className="hint">{text.loading}</p>}
      {list.chats?.length === 0 && <p className="hint">{text.chats.none}</p>}
      <ul className="chat-list">
        {list.chats?.map((chat) => (
          <ChatRow
            key={chat.id}
            chat={chat}
            isOpen={chat.id === openCid}
            isWatched={chat.id === watchedCid}
            names={names}
            draft={chat.id === openCid ? '' : drafts.get(chat.id)}
            typing={signals.typing(chat.id)}
            isOnline={
              chat.users.length === 2 && chat.users.some((uid) => uid !== me && signals.isOnline(uid))
            }
          />
        ))}
      </ul>
      <LoadMore
        hasMore={list.hasMore}
        isLoading={list.isLoadingMore}
        hasFailed={list.error !== null}
        onLoad={list.loadMore}
        label={text.chats.list}
      />
    </div>
  )
}
