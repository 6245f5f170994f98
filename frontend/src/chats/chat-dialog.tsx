import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Chat, User } from '../api/types.ts'
import { Avatar } from '../parts/avatar.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNames } from '../people/use-names.ts'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'
import { UserPicker } from './user-picker.tsx'

/** Who is in a chat and what it is called, to be changed. */
export function ChatDialog({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const { api, me, queries, refreshChats, signals } = useSession()
  const text = useText()
  const names = useNames()
  const [name, setName] = useState(chat.name ?? '')
  const [picked, setPicked] = useState<User[]>([])
  const change = useMutation({
    mutationFn: (what: () => Promise<Chat>) => what(),
    onSuccess(changed) {
      queries.setQueryData(queryKeys.chat(chat.id), changed)
      refreshChats()
      setPicked([])
    },
  })

  return (
    <Modal
      opened
      onClose={onClose}
      title={text.chats.details}
      closeButtonProps={{ 'aria-label': text.close }}
    >
      <div className="dialog-form">
        {change.error && <Notice kind="error">{errorText(text, change.error)}</Notice>}
        <form
          className="name-form"
          onSubmit={(event) => {
            event.preventDefault()
            change.mutate(() => api.renameChat(chat.id, name.trim()))
          }}
        >
          <TextInput
            label={text.chats.name}
            value={name}
            maxLength={100}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" variant="default" disabled={name.trim() === (chat.name ?? '')}>
            {text.save}
          </Button>
        </form>
        <ul className="members" aria-label={text.chats.members(chat.users.length)}>
          {chat.users.map((uid) => (
            <li key={uid}>
              <Link to="/people/$id" params={{ id: String(uid) }} className="user-link" onClick={onClose}>
                <Avatar id={uid} name={names.of(uid)} isOnline={signals.isOnline(uid)} />
                <span className="line-title" dir="auto">
                  {names.orYou(uid)}
                </span>
              </Link>
              {uid !== me && (
                <Button
                  size="compact-sm"
                  variant="default"
                  disabled={change.isPending}
                  onClick={() => change.mutate(() => api.removeMember(chat.id, uid))}
                >
                  {text.remove(names.of(uid))}
                </Button>
              )}
            </li>
          ))}
        </ul>
        <UserPicker picked={picked} without={chat.users} onPick={setPicked} />
        <div className="form-foot">
          <Button
            loading={change.isPending}
            disabled={picked.length === 0}
            onClick={() =>
              change.mutate(() =>
                api.addMembers(
                  chat.id,
                  picked.map(({ id }) => id),
                ),
              )
            }
          >
            {text.chats.add}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
