import { useEffect, useState } from 'react'
import type { Connection } from '../api/connection.ts'
import { useSession } from '../session/session-context.ts'
import { useConnection } from '../session/use-connection.ts'
import type { Texts } from '../text/en.ts'
import { useText } from '../text/language.tsx'

/** Says how things stand with the live socket, and nothing else. */
export function ConnectionBar() {
  const { live } = useSession()
  const connection = useConnection()
  const text = useText()
  const seconds = useSecondsUntil(connection.phase === 'waiting' ? connection.until : undefined)

  return (
    <div className={`connection ${connection.phase}`}>
      <span className="connection-dot" aria-hidden="true" />
      <span className="connection-text" role="status">
        {wordsOf(connection, seconds, text)}
      </span>
      {connection.phase === 'waiting' && seconds > 0 && (
        <button type="button" className="link" onClick={live.retryNow}>
          {text.connection.now}
        </button>
      )}
    </div>
  )
}

function wordsOf({ phase }: Connection, seconds: number, { connection }: Texts): string {
  return phase === 'waiting'
    ? connection.waiting(seconds)
    : connection[phase === 'closed' ? 'connecting' : phase]
}

/** Whole seconds until then, counted down. */
function useSecondsUntil(until: number | undefined): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (until === undefined) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [until])
  return until === undefined ? 0 : Math.max(0, Math.ceil((until - now) / 1000))
}
