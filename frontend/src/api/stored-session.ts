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

export function keepSession(session: Token): void {
  localStorage.setItem(name, JSON.stringify(session))
}

/** Leaves another one alone, kept meanwhile by another tab. */
export function forgetSession(session: Token): void {
  if (readSession()?.token === session.token) localStorage.removeItem(name)
}
