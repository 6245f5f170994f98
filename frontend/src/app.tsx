import { useCallback, useState } from 'react'
import { keepSession, readSession } from './api/stored-session.ts'
import type { Token } from './api/types.ts'
import { ChatsPage } from './pages/chats-page.tsx'
import { SignInPage } from './pages/sign-in-page.tsx'

export function App() {
  const [session, setSession] = useState<Token | undefined>(readSession)
  const [notice, setNotice] = useState<string>()

  const begin = useCallback((token: Token) => {
    keepSession(token)
    setNotice(undefined)
    setSession(token)
  }, [])
  const end = useCallback((reason?: string) => {
    keepSession(undefined)
    setNotice(reason)
    setSession(undefined)
    history.replaceState(null, '', location.pathname)
  }, [])

  return session ? (
    <ChatsPage key={session.token} session={session} onEnd={end} />
  ) : (
    <SignInPage notice={notice} onSignedIn={begin} />
  )
}
