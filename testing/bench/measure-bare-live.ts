import { createApiClient } from '../load/api-client.ts'
import type { Room } from '../load/crowd.ts'
import { measureSteady, type SteadyResult } from './measure-live.ts'
import { startBare } from './start-bare.ts'

/** The same steady rate through the least of live servers, with the same clients: what nobody can go below here. */
export async function measureBareLive(
  rooms: { count: number; size: number },
  shape: { ratePerS: number; seconds: number },
): Promise<SteadyResult> {
  const { url, process } = await startBare('bare-live')
  const client = createApiClient(() => [url])
  try {
    const parts = () => [{ name: 'backend', pid: process.pid }]
    const all = Array.from({ length: rooms.count }, (_, i): Room => {
      const owner = { uid: 1, token: `chat${i}` }
      return { cid: owner.token, owner, members: Array.from({ length: rooms.size }, () => owner) }
    })
    await measureSteady({ client, url, parts }, all, shape)
    return await measureSteady({ client, url, parts }, all, shape)
  } finally {
    await client.close()
    await process.stop()
  }
}
