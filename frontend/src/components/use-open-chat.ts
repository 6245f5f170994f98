import { useSyncExternalStore } from 'react'

/** The open chat is kept in the address (#/chats/<cid>), so that Back and reload do what one expects. */
export function useOpenChat(): string | undefined {
  return useSyncExternalStore(subscribe, read)
}

export function chatAddress(cid: string): string {
  return `#/chats/${cid}`
}

export function openChat(cid: string): void {
  location.hash = chatAddress(cid)
}

/** Without a step in the history: nothing to go back to. */
export function closeChat(): void {
  history.replaceState(null, '', location.pathname)
}

function read(): string | undefined {
  return /^#\/chats\/([0-9a-f]{24})$/.exec(location.hash)?.[1]
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}
