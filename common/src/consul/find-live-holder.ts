import { Ping } from '../dialogue-wire.ts'
import { withDeadline } from '../with-deadline.ts'
import type { ServiceDescription, ServiceInstance } from './service-instance.ts'

/** A live node answers /ping within this, in ms, at one of the attempts. */
const timeoutMs = 1_000
const attempts = 2

/**
 * Who else lives at the address that a registration of our id names. Nobody does when nobody answers, or somebody
 * of another id, or we ourselves; and one that is draining is about to give the id up,
 * one that is starting has not got it yet.
 */
export async function findLiveHolder(
  registered: ServiceDescription,
  ours: ServiceInstance,
  signal: AbortSignal,
): Promise<ServiceInstance | undefined> {
  const { host, port } = registered
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      const ping = await withDeadline(timeoutMs, signal, async (deadline) => {
        const answer = await fetch(`http://${host}:${port}/ping`, { redirect: 'error', signal: deadline })
        return Ping.parse(await answer.json())
      })
      const lives = ping.id === ours.id && ping.instance !== ours.instance && ping.status === 'ok'
      return lives ? { id: ping.id, host, port, instance: ping.instance } : undefined
    } catch (error) {
      signal.throwIfAborted()
      // Only slowness deserves another look: whoever refuses or talks nonsense is no node of ours.
      if (!(error instanceof DOMException) || error.name !== 'TimeoutError') return undefined
    }
  }
  return undefined
}
