import type { Api } from '../api/create-api.ts'
import { ApiError } from '../api/request.ts'
import type { User } from '../api/types.ts'

/** Users by id, each asked for once. */
export interface People {
  subscribe(listener: () => void): () => void
  /** Changes whenever something else has become known. */
  version(): number
  /** What is known of a user, who is asked for when that is nothing. */
  find(id: number): User | undefined
  /** Takes what another answer told. */
  learn(users: readonly User[]): void
}

/** How long to leave it after a user could not be asked for. */
const retryMs = 10_000

export function createPeople(api: Pick<Api, 'user'>): People {
  const known = new Map<number, User>()
  const asked = new Set<number>()
  const listeners = new Set<() => void>()
  let version = 0

  const learn = (users: readonly User[]): void => {
    const fresh = users.filter((user) => known.get(user.id) !== user)
    if (fresh.length === 0) return
    for (const user of fresh) known.set(user.id, user)
    version++
    for (const listener of listeners) listener()
  }
  const ask = async (id: number): Promise<void> => {
    asked.add(id)
    try {
      learn([await api.user(id)])
    } catch (failure) {
      // Of a user who is not there any more nothing else will become known.
      if (failure instanceof ApiError && !failure.isPassing) return
      setTimeout(() => asked.delete(id), retryMs)
    }
  }
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    version: () => version,
    find(id) {
      if (!known.has(id) && !asked.has(id)) void ask(id)
      return known.get(id)
    },
    learn,
  }
}

export function displayName(user: User): string {
  return [user.firstName, user.lastName].filter(Boolean).join(' ') || user.username
}
