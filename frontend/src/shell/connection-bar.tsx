import { useEffect, useState } from 'react'
import { useSession } from '../session/session-context.ts'
import { useConnection } from '../session/use-connection.ts'
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
        {text.connection[connection.phase === 'closed' ? 'connecting' : connection.phase]}
      </span>
      {connection.phase === 'waiting' && seconds > 0 && (
        <>
          {/* Within the status it would be read out every second. */}
          <span>{text.connection.inSeconds(seconds)}</span>
          <button type="button" className="link" onClick={live.retryNow}>
            {text.connection.now}
          </button>
        </>
      )}
    </div>
  )
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
