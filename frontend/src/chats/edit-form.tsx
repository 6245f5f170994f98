import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { newKey } from '../api/new-key.ts'
import type { Message } from '../api/types.ts'
import { Notice } from '../parts/notice.tsx'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'
import { MessageField } from './message-field.tsx'

/** Gives a message of one's own another text. */
export function EditForm({ message, onDone }: { message: Message; onDone: () => void }) {
  const { api, logs } = useSession()
  const text = useText()
  const [words, setWords] = useState(message.text)
  const [saved, setSaved] = useState(message.text)
  // The same text sent again is the same edit; another text is another one.
  const [key, setKey] = useState(newKey)
  const save = useMutation({
    mutationFn: (sent: string) => api.editMessage(message, sent, key),
    onSuccess(_, sent) {
      logs.catchUp(message.cid)
      setSaved(sent)
      // What was typed meanwhile is another edit.
      if (words === sent) onDone()
    },
  })
  return (
    <MessageField
      text={words}
      label={text.chats.message}
      submitLabel={text.save}
      isBusy={save.isPending}
      onText={(changed) => {
        setWords(changed)
        setKey(newKey())
      }}
      onSubmit={() => (words === saved ? onDone() : save.mutate(words))}
      onCancel={onDone}
    >
      <p className="editing">
        {text.chats.editing}{' '}
        <button type="button" className="link" onClick={onDone}>
          {text.cancel}
        </button>
      </p>
      {save.error && <Notice kind="error">{errorText(text, save.error)}</Notice>}
    </MessageField>
  )
}
