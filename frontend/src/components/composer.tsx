import { type KeyboardEvent, useState } from 'react'

const maxLength = 4096
/** From here on one is told how much room is left. */
const warnLength = 3800

export function Composer({ onWrite }: { onWrite: (text: string) => void }) {
  const [text, setText] = useState('')
  const left = text.length < warnLength ? maxLength : maxLength - [...text].length
  const canSend = text.trim() !== '' && left >= 0

  const send = (): void => {
    if (!canSend) return
    onWrite(text)
    setText('')
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes a word, Enter belongs to it; on a phone it starts a new line.
    const isPlainEnter = event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing
    if (!isPlainEnter || matchMedia('(pointer: coarse)').matches) return
    event.preventDefault()
    send()
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        aria-label="Message"
        placeholder="Write a message"
        dir="auto"
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className="button primary" disabled={!canSend}>
        Send
      </button>
      {left < maxLength - warnLength && (
        <p className="left" role="status">
          {left >= 0 ? `${left} characters left` : `${-left} characters too many`}
        </p>
      )}
    </form>
  )
}
