import { setTimeout as sleep } from 'node:timers/promises'
import type { Constellation } from '../constellation/start-constellation.ts'
import { createApiClient } from './api-client.ts'
import { runUnderLoad } from './run-under-load.ts'

/** Requests a second, one step after the other. */
const steps = [50, 120]
const stepMs = 5_000

/** Lets a new system work a little: programs just started are slow until their hot code is compiled. */
export async function warmUp(system: Constellation): Promise<void> {
  const client = createApiClient(() => system.backends.map(({ url }) => url))
  try {
    for (const ratePerS of steps) {
      await runUnderLoad({ client, ratePerS, random: Math.random, meanwhile: () => sleep(stepMs) })
    }
  } finally {
    await client.close()
  }
}
