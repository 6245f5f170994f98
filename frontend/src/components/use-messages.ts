import { useCallback, useRef, useState } from 'react'
import type { Api } from '../api/create-api.ts'
import { fetchNewer } from '../api/fetch-newer.ts'
import type { Message } from '../api/types.ts'
import { messageOf } from './message-of.ts'
import { usePolling } from './use-polling.ts'

export interface Messages {
  /** Oldest first; undefined until they are known. */
  list: Message[] | undefined
  hasOlder: boolean
  isLoadingOlder: boolean
  loadOlder: () => void
  pollNow: () => void
  error: string | undefined
}

/** The messages of one chat, kept up to date every 2 s. */
export function useMessages(api: Api, cid: string): Messages {
  const [list, setList] = useState<Message[]>()
  const [hasOlder, setHasOlder] = useState(false)
  const [isLoadingOlder, setIsLoadingOlder] = useState(false)
  const [olderError, setOlderError] = useState<string>()
  const newestId = useRef<string | undefined>(undefined)

  const load = useCallback(
    async (signal: AbortSignal) => {
      const newer = await fetchNewer((cursor) => api.listMessages(cid, cursor, signal), newestId.current)
      newestId.current = newer.messages.at(-1)?.id ?? newestId.current
      if (newer.joined) {
        setList((known = []) => (newer.messages.length === 0 ? known : [...known, ...newer.messages]))
      } else {
        setList(newer.messages)
        setHasOlder(newer.hasOlder)
      }
    },
    [api, cid],
  )
  const { error, pollNow } = usePolling(load, 2_000)

  const oldestId = list?.[0]?.id
  const loadOlder = useCallback(async () => {
    setIsLoadingOlder(true)
    setOlderError(undefined)
    try {
      const { data, nextCursor } = await api.listMessages(cid, oldestId)
      // Unless a poll has begun anew meanwhile.
      setList((known = []) => (known[0]?.id === oldestId ? [...data.reverse(), ...known] : known))
      setHasOlder(nextCursor !== undefined)
    } catch (failure) {
      setOlderError(messageOf(failure))
    }
    setIsLoadingOlder(false)
  }, [api, cid, oldestId])

  return {
    list,
    hasOlder,
    isLoadingOlder,
    loadOlder: () => void loadOlder(),
    pollNow,
    error: olderError ?? error,
  }
}
