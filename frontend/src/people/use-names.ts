import { useMemo, useSyncExternalStore } from 'react'
import type { Chat } from '../api/types.ts'
import { useSession } from '../session/session-context.ts'
import { useText } from '../text/language.tsx'
import { displayName } from './people.ts'

/** What users and chats are called. Whoever uses it is shown again when names become known. */
export interface Names {
  /** A user's name, or a stand-in until it is known, or when there is no such user any more. */
  of(id: number): string
  /** The same, but for the user of this page. */
  orYou(id: number): string
  list(ids: readonly number[]): string
  ofChat(chat: Pick<Chat, 'users' | 'name'>): string
}

/** So many members are named when a chat has no name. */
const maxNamed = 3

export function useNames(): Names {
  const { people, me } = useSession()
  const text = useText()
  const version = useSyncExternalStore(people.subscribe, people.version)
  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew when other names have become known
  return useMemo(() => {
    const of = (id: number): string => {
      const user = people.find(id)
      return user ? displayName(user) : text.unknownUser(id)
    }
    const orYou = (id: number): string => (id === me ? text.you : of(id))
    return {
      of,
      orYou,
      list: (ids) => ids.map(orYou).join(', '),
      ofChat({ users, name }) {
        if (name) return name
        const others = users.filter((id) => id !== me)
        if (others.length === 0) return text.chats.justYou
        const named = others.slice(0, maxNamed).map(of).join(', ')
        return others.length > maxNamed ? text.chats.more(named, others.length - maxNamed) : named
      },
    }
  }, [people, me, text, version])
}
