import { setTimeout as sleep } from 'node:timers/promises'
import { createApiClient } from './api-client.ts'
import { runUnderLoad } from './run-under-load.ts'

/** Requests a second, one step after the other. */
const steps = [50, 120]
const stepMs = 5_000

/**
 * Lets a new system work a little: programs just started are slow until their hot code is compiled.
 * @param backends their addresses: http://host:port
 */
export async function warmUp(backends: readonly string[]): Promise<void> {
  const client = createApiClient(() => backends)
  try {
    for (const ratePerS of steps) {
      await runUnderLoad({ client, ratePerS, random: Math.random, meanwhile: () => sleep(stepMs) })
    }
  } finally {
    await client.close()
  }
}
