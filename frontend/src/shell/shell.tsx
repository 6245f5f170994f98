import { Link, Outlet, useMatchRoute } from '@tanstack/react-router'
import { Suspense, useEffect } from 'react'
import { Icon, type IconName } from '../parts/icon.tsx'
import { Logo } from '../parts/logo.tsx'
import { PageHint } from '../parts/page-hint.tsx'
import { useSession } from '../session/session-context.ts'
import { useText } from '../text/language.tsx'
import { AccountMenu } from './account-menu.tsx'
import { ConnectionBar } from './connection-bar.tsx'
import './shell.css'

const places = [
  { to: '/chats', name: 'chats' },
  { to: '/people', name: 'people' },
  { to: '/news', name: 'news' },
  { to: '/topology', name: 'topology' },
] as const satisfies readonly { to: string; name: IconName }[]

/** What is around every page of someone who is signed in. */
export function Shell() {
  const text = useText()
  const isChatOpen = Boolean(useMatchRoute()({ to: '/chats/$cid' }))
  useUnsentWarning()

  return (
    <div className={isChatOpen ? 'shell is-chat-open' : 'shell'}>
      <button type="button" className="skip" onClick={skipToContent}>
        {text.nav.skip}
      </button>
      <header className="bar">
        <Link to="/chats" className="brand">
          <Logo />
          <span className="brand-name">Roundtable</span>
        </Link>
        <nav className="places" aria-label={text.nav.label}>
          {places.map(({ to, name }) => (
            <Link key={to} to={to} className="place" activeProps={{ 'aria-current': 'page' }}>
              <Icon name={name} />
              <span>{text.nav[name]}</span>
            </Link>
          ))}
        </nav>
        <ConnectionBar />
        <AccountMenu />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no wheel scrolls it with the keyboard */}
      <main id="content" className="content" tabIndex={0}>
        <Suspense fallback={<PageHint say={({ loading }) => loading} />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  )
}

/** No link: the part after the # is the page's address. */
function skipToContent(): void {
  document.getElementById('content')?.focus()
}

/** Leaving while something is being sent: it would be sent at the next visit only. */
function useUnsentWarning(): void {
  const { outbox } = useSession()
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => {
      const isSending = outbox.snapshot().some(({ state }) => state === 'sending' || state === 'retrying')
      if (isSending) event.preventDefault()
    }
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [outbox])
}
