import { createContext, useContext } from 'react'
import type { Session } from './session.ts'

/** The session of whoever is signed in. */
export const SessionContext = createContext<Session | undefined>(undefined)

/** @throws Error outside of the pages of someone who is signed in */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('this is shown to nobody but those who are signed in')
  return session
}
