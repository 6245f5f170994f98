import type { ApiClient } from './api-client.ts'
import type { ToldNode } from './told-node.ts'

/** The nodes as one backend tells them. */
export async function readTopology(client: ApiClient, token: string, backend: number): Promise<ToldNode[]> {
  const answer = await client.call({ method: 'GET', path: '/v1/topology', token }, backend)
  if (answer.status !== 200) throw new Error(`no topology: ${JSON.stringify(answer.body)}`)
  return answer.body.nodes ?? []
}

/** Ids of the nodes that requests go to, sorted; one that is listed and gets none shows why. */
export function whoServes(nodes: readonly ToldNode[]): string {
  return nodes
    .map(({ id, state, listed }) => (state === 'healthy' && listed ? id : `${id} (${state})`))
    .sort()
    .join()
}
