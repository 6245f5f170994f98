import { Fragment, useEffect, useMemo, useRef, useState } from 'react'
import type { OutgoingMessage } from '../api/outbox.ts'
import type { Message, ShownEntry } from '../api/types.ts'
import { Icon } from '../parts/icon.tsx'
import { useNames } from '../people/use-names.ts'
import { useSession } from '../session/session-context.ts'
import { useText } from '../text/language.tsx'
import type { LogView } from './chat-logs.ts'
import { MembersItem } from './members-item.tsx'
import { MessageItem } from './message-item.tsx'
import { OutgoingItem } from './outgoing-item.tsx'
import { useScrollBox } from './use-scroll-box.ts'
import { useWantedMessage } from './use-wanted-message.ts'

export interface MessageListProps {
  cid: string
  view: LogView
  /** Messages still on their way, shown last. */
  outgoing: readonly OutgoingMessage[]
  /** Up to where one had read, as far as it is known. */
  readSeq: number | undefined
  /** By how many others the message of this seq was read. */
  readBy: (seq: number) => number
  memberCount: number
  wantedSeq: number | undefined
  onEdit: (message: Message) => void
  /** Told whether the latest messages are in view. */
  onAtEnd: (isAtEnd: boolean) => void
}

/** What was said, oldest first; older messages come in as one scrolls up. */
export function MessageList(props: MessageListProps) {
  const { cid, view, outgoing, readSeq, readBy, memberCount, wantedSeq, onEdit, onAtEnd } = props
  const { logs, me } = useSession()
  const text = useText()
  const names = useNames()
  const shown = view.log?.shown ?? []
  const hasOlder = view.log?.hasOlder ?? false
  const loadOlder = (): void => {
    if (hasOlder && !view.isLoadingOlder && !view.error) void logs.loadOlder(cid)
  }
  const { box, isAtEnd, toEnd, show } = useScrollBox(shown[0]?.id, loadOlder, wantedSeq !== undefined)
  const firstUnread = useFirstUnread(view, readSeq, me)
  const lastOwn = useMemo(
    () => shown.findLast((entry) => entry.object === 'message' && entry.uid === me),
    [shown, me],
  )
  useWantedMessage(view, wantedSeq, loadOlder, show)
  // While nothing is here yet, the end that one sees is not that of the chat.
  const isEndSeen = isAtEnd === true && view.log !== undefined
  useEffect(() => onAtEnd(isEndSeen), [isEndSeen, onAtEnd])
  const justWritten = outgoing.at(-1)?.key
  useEffect(() => {
    // Whoever writes sees what they have written, wherever they were reading.
    if (justWritten !== undefined) toEnd()
  }, [justWritten, toEnd])

  return (
    <div className="messages-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no wheel scrolls it with the keyboard */}
      <section className="messages" ref={box} tabIndex={0} aria-label={text.chats.messages}>
        {hasOlder && (
          <button
            type="button"
            className="link older"
            disabled={view.isLoadingOlder}
            onClick={() => void logs.loadOlder(cid)}
          >
            {view.isLoadingOlder ? text.loading : text.chats.older}
          </button>
        )}
        {!view.log && !view.error && <p className="hint">{text.loading}</p>}
        {view.log && shown.length === 0 && outgoing.length === 0 && (
          <p className="hint">{text.chats.noMessages}</p>
        )}
        {/* biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to Safari */}
        <ol className="log" role="list" aria-label={text.chats.messages}>
          {shown.map((entry, index) => {
            const previous = shown[index - 1]
            const isNewDay = !previous || dayOf(entry) !== dayOf(previous)
            return (
              <Fragment key={entry.id}>
                {isNewDay && <DayItem entry={entry} />}
                {entry.seq === firstUnread && (
                  <li className="divider">
                    <span>{text.chats.newMessages}</span>
                  </li>
                )}
                {entry.object === 'members' ? (
                  <MembersItem entry={entry} names={names} />
                ) : (
                  <MessageItem
                    message={entry}
                    author={names.of(entry.uid)}
                    isOwn={entry.uid === me}
                    isNewAuthor={isNewDay || previous.object === 'members' || previous.uid !== entry.uid}
                    isWanted={entry.seq === wantedSeq}
                    readBy={entry === lastOwn ? readBy(entry.seq) : undefined}
                    othersCount={memberCount - 1}
                    onEdit={onEdit}
                  />
                )}
              </Fragment>
            )
          })}
          {outgoing.map((message) => (
            <OutgoingItem key={message.key} message={message} />
          ))}
        </ol>
        <NewestAloud shown={shown} me={me} nameOf={names.of} />
      </section>
      {isAtEnd === false && (
        <button type="button" className="to-end" aria-label={text.chats.latest} onClick={toEnd}>
          <Icon name="down" />
        </button>
      )}
    </div>
  )
}

function dayOf({ createdAt }: ShownEntry): string {
  return new Date(createdAt * 1000).toDateString()
}

function DayItem({ entry }: { entry: ShownEntry }) {
  const { locale } = useText()
  return (
    <li className="day">
      {new Date(entry.createdAt * 1000).toLocaleDateString(locale, { dateStyle: 'full' })}
    </li>
  )
}

/** The first message of another that was not read when the chat was opened. */
function useFirstUnread(view: LogView, readSeq: number | undefined, me: number): number | undefined {
  // What is read now stays marked until the chat is opened again.
  const [opened, setOpened] = useState(readSeq)
  if (opened === undefined && readSeq !== undefined) setOpened(readSeq)
  const last = useRef(view.log?.lastSeq)
  if (last.current === undefined) last.current = view.log?.lastSeq
  if (opened === undefined) return undefined
  const first = view.log?.shown.find(
    (entry) => entry.object === 'message' && entry.uid !== me && entry.seq > opened,
  )
  return first && first.seq <= (last.current ?? 0) ? first.seq : undefined
}

/** Says the message that has just come, to those who do not see it. The whole log would be read out with each page. */
function NewestAloud({
  shown,
  me,
  nameOf,
}: {
  shown: readonly ShownEntry[]
  me: number
  nameOf: (uid: number) => string
}) {
  const newest = shown.at(-1)
  const opened = useRef(newest?.seq ?? 0)
  const isNew = newest?.object === 'message' && newest.uid !== me && newest.seq > opened.current
  return (
    <p className="visually-hidden" aria-live="polite">
      {isNew && !newest.deleted && `${nameOf(newest.uid)}: ${newest.text}`}
    </p>
  )
}
