import { useSyncExternalStore } from 'react'
import type { Api } from '../api/create-api.ts'
import type { User } from '../api/types.ts'

/** Names of users by id, each asked for once. */
export interface People {
  subscribe(listener: () => void): () => void
  /** Changes whenever another name has become known. */
  version(): number
  /** The user's name, or a stand-in until it is known or when there is no such user any more. */
  name(id: number): string
}

/** How long to leave it after a name could not be asked for. */
const retryMs = 10_000

export function createPeople(api: Pick<Api, 'user'>): People {
  const names = new Map<number, string>()
  const asked = new Set<number>()
  const listeners = new Set<() => void>()
  let version = 0

  const ask = async (id: number): Promise<void> => {
    asked.add(id)
    try {
      names.set(id, displayName(await api.user(id)))
      version++
      for (const listener of listeners) listener()
    } catch {
      setTimeout(() => asked.delete(id), retryMs)
    }
  }
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    version: () => version,
    name(id) {
      if (!asked.has(id)) void ask(id)
      return names.get(id) ?? `User ${id}`
    },
  }
}

/** Shows the component again when names become known. */
export function usePeople(people: People): People {
  useSyncExternalStore(people.subscribe, people.version)
  return people
}

export function displayName(user: User): string {
  return [user.firstName, user.lastName].filter(Boolean).join(' ') || user.username
}

/** What to call a chat: its other members. */
export function chatTitle(users: number[], me: number, people: People): string {
  const others = users.filter((id) => id !== me)
  if (others.length === 0) return 'Just you'
  const named = others.slice(0, 3).map((id) => people.name(id))
  return others.length > 3 ? `${named.join(', ')} and ${others.length - 3} more` : named.join(', ')
}
