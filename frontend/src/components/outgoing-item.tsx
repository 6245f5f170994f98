import type { Outbox, OutgoingMessage } from '../api/outbox.ts'

/** A message that is not in the chat yet, and how far it has come. */
export function OutgoingItem({ message, outbox }: { message: OutgoingMessage; outbox: Outbox }) {
  const { key, text, state, reason } = message
  return (
    <li className={`message own outgoing ${state}`}>
      <p className="bubble" dir="auto">
        {text}
      </p>
      {state === 'failed' ? (
        <p className="delivery" role="alert">
          Not sent: {reason}{' '}
          <button type="button" className="link" onClick={() => outbox.retry(key)}>
            Try again
          </button>{' '}
          <button type="button" className="link" onClick={() => outbox.drop(key)}>
            Discard
          </button>
        </p>
      ) : (
        <p className="delivery">
          {state === 'retrying'
            ? 'Not confirmed yet, trying again …'
            : state === 'sent'
              ? 'Sent'
              : 'Sending …'}
        </p>
      )}
    </li>
  )
}
