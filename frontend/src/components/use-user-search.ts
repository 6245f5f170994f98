import { useEffect, useState } from 'react'
import type { Api } from '../api/create-api.ts'
import { ApiError } from '../api/request.ts'
import type { User } from '../api/types.ts'
import { messageOf } from './message-of.ts'

export interface UserSearch {
  /** Undefined until the first answer. */
  found: User[] | undefined
  error: string | undefined
}

const pauseMs = 250

/** Users with this id, or whose name starts with the text; the first of all users for an empty text. */
export function useUserSearch(api: Api, text: string): UserSearch {
  const [result, setResult] = useState<UserSearch>({ found: undefined, error: undefined })

  useEffect(() => {
    const controller = new AbortController()
    const search = async (): Promise<void> => {
      try {
        const found = await findUsers(api, text.trim(), controller.signal)
        if (!controller.signal.aborted) setResult({ found, error: undefined })
      } catch (failure) {
        if (!controller.signal.aborted) setResult({ found: [], error: messageOf(failure) })
      }
    }
    const timer = setTimeout(() => void search(), text === '' ? 0 : pauseMs)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [api, text])

  return result
}

async function findUsers(api: Api, text: string, signal: AbortSignal): Promise<User[]> {
  if (text === '') return api.listUsers(signal)
  if (!/^\d+$/.test(text)) return api.searchUsers(text, signal)
  try {
    return [await api.user(Number(text))]
  } catch (failure) {
    if (failure instanceof ApiError && failure.code === 4040) return []
    throw failure
  }
}
