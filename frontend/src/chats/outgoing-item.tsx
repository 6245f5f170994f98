import type { OutgoingMessage } from '../api/outbox.ts'
import { ApiError } from '../api/request.ts'
import { Icon } from '../parts/icon.tsx'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'

/** A message that is not in the chat yet, and how far it has come. */
export function OutgoingItem({
  message: { key, text: words, state, reason = '', code },
}: {
  message: OutgoingMessage
}) {
  const { outbox } = useSession()
  const text = useText()
  const waiting = { sending: text.chats.sending, retrying: text.chats.retrying, sent: text.chats.sent }
  const why = errorText(text, code === undefined ? new Error(reason) : new ApiError(code, reason))
  return (
    <li className={`message own outgoing ${state}`}>
      <div className="bubble" dir="auto">
        {words}
      </div>
      {state === 'failed' ? (
        <p className="delivery" role="alert">
          {text.chats.notSent(why)}{' '}
          <button type="button" className="link" onClick={() => outbox.retry(key)}>
            {text.tryAgain}
          </button>{' '}
          <button type="button" className="link" onClick={() => outbox.drop(key)}>
            {text.chats.discard}
          </button>
        </p>
      ) : (
        <p className="delivery">
          <Icon name={state === 'sent' ? 'check' : 'clock'} size={14} /> {waiting[state]}
        </p>
      )}
    </li>
  )
}
