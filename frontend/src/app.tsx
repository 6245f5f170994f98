import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { forgetSession, keepSession, readSession } from './api/stored-session.ts'
import type { Token } from './api/types.ts'
import { fetchAhead, router } from './router.tsx'
import { createSession, type Session } from './session/session.ts'
import { SessionContext } from './session/session-context.ts'
import { SignInPage } from './sign-in/sign-in-page.tsx'
import { LanguageProvider } from './text/language.tsx'
import { theme } from './theme.ts'

export function App() {
  return (
    // The variables are in the style sheet: the content policy lets no script write one into the page.
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <LanguageProvider>
        <Door />
      </LanguageProvider>
    </MantineProvider>
  )
}

interface State {
  token?: Token | undefined
  /** The last session ended without the user's doing. */
  wasEnded?: boolean
}

/** Lets in who is signed in; everybody else may sign in or up. */
function Door() {
  const [{ token, wasEnded = false }, setState] = useState<State>(() => ({ token: readSession() }))
  const begin = useCallback((begun: Token) => {
    keepSession(begun)
    setState({ token: begun })
  }, [])
  const end = useCallback((ended: Token, isAsked: boolean) => {
    forgetSession(ended)
    // A late answer to a request of an earlier session ends nothing.
    setState((now) => (now.token === ended ? { wasEnded: !isAsked } : now))
  }, [])

  return token ? (
    <SignedIn key={token.token} token={token} onEnd={end} />
  ) : (
    <SignInPage wasEnded={wasEnded} onSignedIn={begin} />
  )
}

function SignedIn({ token, onEnd }: { token: Token; onEnd: (token: Token, isAsked: boolean) => void }) {
  const [session] = useState<Session>(() =>
    createSession(token, { onEnd: () => onEnd(token, false), onSignedOut: () => onEnd(token, true) }),
  )
  useEffect(() => {
    session.start()
    return () => session.stop()
  }, [session])
  useEffect(
    () =>
      session.live.subscribe(() => {
        // Not before: the first view comes first.
        if (session.live.state().phase === 'live') whenIdle(() => void fetchAhead())
      }),
    [session],
  )

  return (
    <SessionContext value={session}>
      <QueryClientProvider client={session.queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </SessionContext>
  )
}

/** Not every browser tells when it has nothing to do. */
function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(run)
  else setTimeout(run, 1_000)
}
