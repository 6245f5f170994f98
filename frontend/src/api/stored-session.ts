import type { Token } from './types.ts'

const name = 'roundtable.session'

/** The session of an earlier visit, unless it has run out. */
export function readSession(): Token | undefined {
  try {
    const stored = JSON.parse(localStorage.getItem(name) ?? 'null') as Token | null
    return stored && stored.expiresAt * 1000 > Date.now() ? stored : undefined
  } catch {
    return undefined
  }
}

export function keepSession(session: Token | undefined): void {
  if (session) localStorage.setItem(name, JSON.stringify(session))
  else localStorage.removeItem(name)
}
