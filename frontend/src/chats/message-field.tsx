import { ActionIcon } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { Icon } from '../parts/icon.tsx'
import { useText } from '../text/language.tsx'

const maxLength = 4096
/** From here on one is told how much room is left. */
const warnLength = 3800
/** Where the browser does not make the field as high as its text. */
const growsByItself = CSS.supports('field-sizing', 'content')
const maxRows = 8

export interface MessageFieldProps {
  text: string
  label: string
  submitLabel: string
  isBusy?: boolean
  onText: (text: string) => void
  onSubmit: () => void
  onCancel?: () => void
  /** Stands above the field. */
  children?: ReactNode
}

/** Where a message is written. Enter sends it, Shift+Enter begins another line. */
export function MessageField(props: MessageFieldProps) {
  const { text, label, submitLabel, isBusy = false, onText, onSubmit, onCancel, children } = props
  const words = useText()
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    // On a phone it would bring the keyboard up before one has read anything.
    if (!isTouched()) field.current?.focus()
  }, [])
  const left = text.length < warnLength ? maxLength : maxLength - [...text].length
  const canSend = text.trim() !== '' && left >= 0 && !isBusy

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onCancel?.()
    // While an input method composes a word, Enter belongs to it; on a phone it starts a new line.
    const isPlainEnter = event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing
    if (!isPlainEnter || isTouched()) return
    event.preventDefault()
    if (canSend) onSubmit()
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        if (canSend) onSubmit()
      }}
    >
      {children}
      <textarea
        ref={field}
        aria-label={label}
        placeholder={words.chats.placeholder}
        dir="auto"
        rows={growsByItself ? 1 : Math.min(text.split('\n').length, maxRows)}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <ActionIcon
        type="submit"
        size={44}
        radius="md"
        aria-label={submitLabel}
        disabled={!canSend}
        loading={isBusy}
      >
        <Icon name="send" />
      </ActionIcon>
      {left < maxLength - warnLength && (
        <p className={left < 0 ? 'room too-long' : 'room'} role="status">
          {left >= 0 ? words.chats.left(left) : words.chats.tooMany(-left)}
        </p>
      )}
    </form>
  )
}

function isTouched(): boolean {
  return matchMedia('(pointer: coarse)').matches
}
