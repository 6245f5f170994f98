import { setTimeout as sleep } from 'node:timers/promises'
import type { Constellation } from '../constellation/start-constellation.ts'
import type { ApiClient } from '../load/api-client.ts'
import { readTopology, whoServes } from '../load/read-topology.ts'
import type { WorkingCrowd } from '../load/run-under-load.ts'
import { waitUntil } from '../servers/wait-until.ts'
import type { Arena } from './fault.ts'
import type { Servers } from './start-servers.ts'

/** What a fault has told of its run. */
export interface Told {
  missed: string[]
  late: string[]
  notes: Record<string, string | number>
  /** How long it took each time until the list was right, in ms. */
  rightAfterMs: number[]
}

export interface ArenaOptions extends WorkingCrowd {
  system: Constellation
  servers: Servers
  client: ApiClient
  isLong: boolean
  told: Told
}

export function createArena({ told, ...options }: ArenaOptions): Arena {
  const { system, load, client, crowd, isLong } = options
  const token = crowd[0]?.token ?? ''
  const node: Arena['node'] = (id) => {
    const found = system.nodes.get(id)
    if (!found) throw new Error(`there is no node ${id}`)
    return found
  }
  const right: Arena['right'] = (from) => void told.rightAfterMs.push(performance.now() - from)
  const topology: Arena['topology'] = (backend) => readTopology(client, token, backend)
  return {
    ...options,
    holdMs: isLong ? 6_000 : 2_500,
    pass: (ms) => sleep(ms),
    async moreAnswers(count) {
      const goal = load.answered + count
      await waitUntil(`${count} more answers`, () => load.answered >= goal)
    },
    node,
    proxy(id) {
      const found = system.proxies.get(id)
      if (!found) throw new Error(`the node ${id} is not behind a proxy`)
      return found
    },
    async restart(id) {
      const { hostname, port } = new URL(node(id).url)
      await system.startNode(id, { port: Number(port), proxied: hostname === '127.0.0.2' })
    },
    async untilListIs(ids, from = performance.now()) {
      const wanted = [...ids].sort().join()
      await waitUntil(`every backend lists ${wanted}`, async () => {
        const all = await Promise.all(system.backends.map((_, i) => topology(i)))
        return all.every((nodes) => whoServes(nodes) === wanted)
      })
      right(from)
    },
    right,
    topology,
    note(name, value) {
      told.notes[name] = value
    },
    miss: (why) => void told.missed.push(why),
    late: (why) => void told.late.push(why),
  }
}
