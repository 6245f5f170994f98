import { useCallback, useState } from 'react'
import { forgetSession, keepSession, readSession } from './api/stored-session.ts'
import type { Token } from './api/types.ts'
import { ChatsPage } from './pages/chats-page.tsx'
import { SignInPage } from './pages/sign-in-page.tsx'

interface State {
  session?: Token | undefined
  /** Why one has to sign in again. */
  notice?: string | undefined
}

export function App() {
  const [{ session, notice }, setState] = useState<State>(() => ({ session: readSession() }))

  const begin = useCallback((token: Token) => {
    keepSession(token)
    setState({ session: token })
  }, [])
  const end = useCallback((ended: Token, reason?: string) => {
    forgetSession(ended)
    // A late answer to a request of an earlier session ends nothing.
    setState((now) => (now.session === ended ? { notice: reason } : now))
  }, [])

  return session ? (
    <ChatsPage key={session.token} session={session} onEnd={end} />
  ) : (
    <SignInPage notice={notice} onSignedIn={begin} />
  )
}
