import { useSyncExternalStore } from 'react'
import type { Connection } from '../api/connection.ts'
import { useSession } from './session-context.ts'

/** How things stand with the live socket. */
export function useConnection(): Connection {
  const { live } = useSession()
  return useSyncExternalStore(live.subscribe, live.state)
}
