import { Ping } from '@roundtable/common/dialogue-wire'
import { Agent, request } from 'undici'
import type { ListedNode, NodeList } from './node-list.ts'

const intervalMs = 500
const timeoutMs = 300
/** Failed probes in a row after which a node that the registry no longer lists is believed to be gone. */
const failuresToDrop = 3

/** Asks nodes themselves how they are: those under suspicion, and those the registry no longer lists. */
export interface Prober {
  /** Probes a node now instead of at the next turn. */
  probe(node: ListedNode): void
  close(): Promise<void>
}

export function startProber(options: { nodes: NodeList; now?: () => number }): Prober {
  const { nodes } = options
  const now = options.now ?? (() => performance.now())
  // Connections of its own: a probe must not wait behind the requests of a node that hangs.
  const agent = new Agent({
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  const underWay = new Set<ListedNode['health']>()
  const failuresInARow = new WeakMap<ListedNode['health'], number>()

  async function probe(node: ListedNode): Promise<void> {
    if (underWay.has(node.health)) return
    underWay.add(node.health)
    const said = await askPing(node, agent)
    underWay.delete(node.health)
    const failures = said === 'nothing' ? (failuresInARow.get(node.health) ?? 0) + 1 : 0
    failuresInARow.set(node.health, failures)
    if (said === 'ok') node.health.probePassed(now())
    if (said === 'draining') node.health.probeSaidDraining(now())
    // A single slow answer proves nothing, least of all when this process was busy itself.
    if (nodes.isDoubted(node) && (said === 'draining' || failures >= failuresToDrop)) nodes.drop(node)
  }

  const timer = setInterval(() => {
    for (const node of nodes.nodes) {
      if (node.health.needsProbe || nodes.isDoubted(node)) void probe(node)
    }
  }, intervalMs)

  return {
    probe: (node) => void probe(node),
    async close() {
      clearInterval(timer)
      await agent.destroy()
    },
  }
}

async function askPing(node: ListedNode, agent: Agent): Promise<'ok' | 'draining' | 'nothing'> {
  try {
    const answer = await request(`http://${node.key}/ping`, {
      dispatcher: agent,
      reset: true,
      signal: AbortSignal.timeout(timeoutMs),
    })
    const ping = Ping.safeParse(await answer.body.json())
    // One that is starting is there, but not to be sent anything.
    return ping.success && ping.data.status !== 'starting' ? ping.data.status : 'nothing'
  } catch {
    return 'nothing'
  }
}
