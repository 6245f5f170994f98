import type { Constellation } from '../constellation/start-constellation.ts'
import { createApiClient } from '../load/api-client.ts'
import { signUpCrowd } from '../load/crowd.ts'
import { readTopology, whoServes } from '../load/read-topology.ts'
import { allNodes } from './fault.ts'

/** Whether users can sign up and every backend has just the usual nodes, all healthy: what a run begins with. */
export async function isWhole(system: Constellation): Promise<boolean> {
  const client = createApiClient(() => system.backends.map(({ url }) => url))
  try {
    const [who] = await signUpCrowd(client, 1)
    for (const i of system.backends.keys()) {
      const nodes = await readTopology(client, who?.token ?? '', i)
      if (whoServes(nodes) !== allNodes.join()) return false
    }
    return true
  } catch {
    return false
  } finally {
    await client.close()
  }
}
