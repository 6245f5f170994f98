import { useRef, useState } from 'react'
import { useSession } from '../session/session-context.ts'
import { useText } from '../text/language.tsx'
import { MessageField } from './message-field.tsx'

/** The server passes on no more than this. */
const typingMs = 2_000

/** Writes to a chat. What is not sent yet is kept as a draft. */
export function Composer({ cid }: { cid: string }) {
  const { drafts, live, logs, outbox } = useSession()
  const text = useText()
  const [draft, setDraft] = useState(() => drafts.get(cid))
  const typedAt = useRef(0)

  const write = (words: string): void => {
    setDraft(words)
    drafts.set(cid, words)
    if (words === '' || Date.now() - typedAt.current < typingMs) return
    typedAt.current = Date.now()
    live.send({ type: 'typing', cid })
  }
  const send = (): void => {
    outbox.write(cid, draft, logs.get(cid).log?.lastSeq ?? 0)
    typedAt.current = 0
    write('')
  }

  return (
    <MessageField
      text={draft}
      label={text.chats.message}
      submitLabel={text.chats.send}
      onText={write}
      onSubmit={send}
    />
  )
}
