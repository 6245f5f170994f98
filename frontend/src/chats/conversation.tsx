import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { ApiError } from '../api/request.ts'
import type { Message } from '../api/types.ts'
import { Notice } from '../parts/notice.tsx'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'
import { type ChatPages, findChat } from './chat-pages.ts'
import { Composer } from './composer.tsx'
import { ConversationHead } from './conversation-head.tsx'
import './conversation.css'
import { useLaterValue } from '../parts/use-later-value.ts'
import { EditForm } from './edit-form.tsx'
import { MessageList } from './message-list.tsx'
import { MessageSearch } from './message-search.tsx'
import { useReadMarks } from './use-read-marks.ts'
import { withoutThoseShown } from './without-those-shown.ts'

/** A chat one is not in looks the same as none. */
const notFound = 4040
const nobody: readonly number[] = []

export interface ConversationProps {
  cid: string
  /** The message to show, instead of the latest ones. */
  wantedSeq: number | undefined
}

/** One chat: who is in it, what was said, and where one writes. */
export function Conversation({ cid, wantedSeq }: ConversationProps) {
  const { api, logs, me, outbox, people, queries } = useSession()
  const text = useText()
  const view = useSyncExternalStore(logs.subscribe, () => logs.get(cid))
  const outgoing = useSyncExternalStore(outbox.subscribe, outbox.snapshot).filter((one) => one.cid === cid)
  // As it was before it was opened: what is read from now on is still marked as new.
  const [listed] = useState(() => findChat(queries.getQueryData<ChatPages>(queryKeys.chats), cid))
  const { data: chat, error: chatError } = useQuery({
    queryKey: queryKeys.chat(cid),
    queryFn: ({ signal }) => api.chat(cid, signal),
    placeholderData: () => listed,
  })
  const [edited, setEdited] = useState<Message>()
  const [words, setWords] = useState<string>()
  const searched = useLaterValue(words?.trim() ?? '')
  const [isAtEnd, setIsAtEnd] = useState(false)
  const readBy = useReadMarks(cid, isAtEnd ? view.log?.lastSeq : undefined, chat?.users ?? nobody)

  useEffect(() => logs.open(cid), [logs, cid])
  useEffect(() => {
    for (const uid of chat?.users ?? []) people.find(uid)
  }, [chat, people])

  useEffect(() => {
    const lastSeq = view.log?.lastSeq ?? 0
    for (const { key, state, after } of outgoing) if (state === 'sent' && lastSeq > after) outbox.drop(key)
  }, [view.log, outgoing, outbox])

  const error = view.error ?? chatError
  const isMember = !(chatError instanceof ApiError && chatError.code === notFound)
  return (
    <section className="conversation" aria-label={text.chats.conversation}>
      <ConversationHead
        chat={chat}
        cid={cid}
        isSearching={words !== undefined}
        onSearch={(isSearching) => setWords(isSearching ? '' : undefined)}
        onWords={setWords}
        words={words ?? ''}
      />
      {error && (
        <Notice kind="error">
          {errorText(text, error)}{' '}
          <button
            type="button"
            className="link"
            onClick={() => {
              logs.catchUp(cid)
              void queries.invalidateQueries({ queryKey: queryKeys.chat(cid) })
            }}
          >
            {text.tryAgain}
          </button>
        </Notice>
      )}
      {searched !== '' && (
        <div className="found-here">
          <MessageSearch words={searched} cid={cid} />
        </div>
      )}
      <MessageList
        key={view.log ? 'there' : 'loading'}
        cid={cid}
        view={view}
        outgoing={withoutThoseShown(outgoing, view.log?.shown ?? [], me)}
        readSeq={listed?.readSeq ?? chat?.readSeq}
        readBy={readBy}
        memberCount={chat?.users.length ?? 0}
        wantedSeq={wantedSeq}
        onEdit={setEdited}
        onAtEnd={setIsAtEnd}
      />
      {edited ? (
        <EditForm key={edited.id} message={edited} onDone={() => setEdited(undefined)} />
      ) : (
        view.log && isMember && <Composer cid={cid} />
      )}
    </section>
  )
}
