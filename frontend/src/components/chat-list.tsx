import { Avatar } from './avatar.tsx'
import { Notice } from './notice.tsx'
import { chatTitle, type People, usePeople } from './people.ts'
import type { Chats } from './use-chats.ts'
import { chatAddress } from './use-open-chat.ts'

export interface ChatListProps {
  chats: Chats
  people: People
  me: number
  openCid: string | undefined
}

export function ChatList({ chats, people, me, openCid }: ChatListProps) {
  usePeople(people)
  return (
    <>
      {chats.error && <Notice kind="error">{chats.error}</Notice>}
      {!chats.list && !chats.error && <p className="hint">Loading …</p>}
      {chats.list?.length === 0 && <p className="hint">No chats yet. Start one.</p>}
      <ul className="chats">
        {chats.list?.map(({ id, users }) => {
          const title = chatTitle(users, me, people)
          const first = users.find((user) => user !== me) ?? me
          return (
            <li key={id}>
              <a href={chatAddress(id)} aria-current={id === openCid ? 'page' : undefined}>
                <Avatar id={first} name={title} />
                <span className="chat-name">
                  <span className="chat-title" dir="auto">
                    {title}
                  </span>
                  <span className="chat-sub">
                    {users.length === 1 ? 'notes to yourself' : `${users.length} members`}
                  </span>
                </span>
              </a>
            </li>
          )
        })}
      </ul>
      {chats.hasMore && (
        <button type="button" className="button wide" onClick={chats.showMore}>
          Show more chats
        </button>
      )}
    </>
  )
}
