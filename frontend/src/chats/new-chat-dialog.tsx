import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { newKey } from '../api/new-key.ts'
import type { Chat, User } from '../api/types.ts'
import { Notice } from '../parts/notice.tsx'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'
import { UserPicker } from './user-picker.tsx'

export interface NewChatDialogProps {
  onClose: () => void
  onCreated: (chat: Chat) => void
}

/** Picks users and starts a chat with them. With one other there is one chat, which is found again. */
export function NewChatDialog({ onClose, onCreated }: NewChatDialogProps) {
  const { api, me, refreshChats } = useSession()
  const text = useText()
  const [picked, setPicked] = useState<User[]>([])
  const [name, setName] = useState('')
  // Pressing the button again after a failure means the same chat; with other users it means another one.
  const [key, setKey] = useState(newKey)
  const start = useMutation({
    mutationFn: () => {
      const users = [me, ...picked.map(({ id }) => id)]
      const isGroup = picked.length > 1
      return api.createChat(
        { users, ...(isGroup ? name.trim() && { name: name.trim() } : { direct: true }) },
        key,
      )
    },
    onSuccess(chat) {
      refreshChats()
      onCreated(chat)
    },
  })

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (picked.length > 0) start.mutate()
  }

  return (
    <Modal opened onClose={onClose} title={text.chats.new} closeButtonProps={{ 'aria-label': text.close }}>
      <form className="dialog-form" onSubmit={submit}>
        {start.error && <Notice kind="error">{errorText(text, start.error)}</Notice>}
        <UserPicker
          picked={picked}
          without={[me]}
          onPick={(users) => {
            setPicked(users)
            setKey(newKey())
          }}
        />
        {picked.length > 1 && (
          <TextInput
            label={text.chats.name}
            value={name}
            maxLength={100}
            onChange={(event) => {
              setName(event.target.value)
              setKey(newKey())
            }}
          />
        )}
        <div className="form-foot">
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <Button type="submit" loading={start.isPending} disabled={picked.length === 0}>
            {text.chats.start}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
