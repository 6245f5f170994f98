import { type ApiClient, createApiClient } from '../load/api-client.ts'
import type { ToldNode } from '../load/told-node.ts'
import { type FaultMode, startFaultProxy } from '../servers/fault-proxy.ts'
import { type Arena, allNodes, type Fault } from './fault.ts'

const broken = 'dialogue03'

interface NetworkFault {
  name: string
  title: string
  mode: FaultMode
  p99Ms?: number
}

/** Breaks the way to one node, then mends it. */
function networkFault({ name, title, mode, p99Ms }: NetworkFault): Fault {
  return {
    name,
    title,
    proxied: 'nodes',
    ...(p99Ms === undefined ? {} : { p99Ms }),
    async run(arena) {
      arena.proxy(broken).setMode(mode)
      await arena.pass(arena.holdMs)
      arena.proxy(broken).setMode({ kind: 'pass' })
      await arena.untilListIs(allNodes)
    },
  }
}

const away = JSON.stringify({ object: 'error', code: 5030, message: 'made up' })

function answering(status: number, contentType: string, body: string): FaultMode {
  return { kind: 'answer', status, contentType, body, except: ['/ping'] }
}

const all503: Fault = {
  name: 'all503',
  title: 'all nodes answer 503 to everything',
  proxied: 'nodes',
  mayFail: ({ status }) => status === 503,
  async run(arena) {
    const before = await countAttempts(arena)
    for (const id of allNodes) arena.proxy(id).setMode(answering(503, 'application/json', away))
    await arena.pass(arena.holdMs)
    const after = await countAttempts(arena)
    for (const id of allNodes) arena.proxy(id).setMode({ kind: 'pass' })
    const attempts = after.attempts - before.attempts
    const requests = attempts - (after.retries - before.retries)
    // A fifth each, and what the buckets of all backends held at first.
    const allowed = 1.2 + (100 * arena.system.backends.length) / requests
    arena.note('attempts per request', `${(attempts / requests).toFixed(2)}, allowed ${allowed.toFixed(2)}`)
    if (attempts / requests > allowed) arena.miss(`${(attempts / requests).toFixed(2)} attempts per request`)
    await arena.untilListIs(allNodes)
  },
}

/** Attempts that all backends have made at nodes now listed, and those of them that had failed elsewhere before. */
async function countAttempts(arena: Arena): Promise<{ attempts: number; retries: number }> {
  const told = await Promise.all(arena.system.backends.map((_, i) => arena.topology(i)))
  const sum = (count: (node: ToldNode) => number) => told.flat().reduce((all, node) => all + count(node), 0)
  return { attempts: sum(({ requests }) => requests), retries: sum(({ retries }) => retries) }
}

const lostAnswers: Fault = {
  name: 'lostAnswers',
  title: 'the answer to each post lost after the commit, the post sent again',
  async run(arena) {
    const { rooms, load, system } = arena
    const [first, second] = system.backends.map(({ url }) => url)
    const { hostname, port } = new URL(first ?? '')
    const lossy = await startFaultProxy({ target: { host: hostname, port: Number(port) } })
    lossy.setMode({ kind: 'lose-answer' })
    // Each request goes through the first address, where its answer is lost, and then through the second.
    const unlucky = createApiClient(() => [`http://${lossy.host}:${lossy.port}`, second ?? ''])
    const client: ApiClient = { ...unlucky, call: (call) => unlucky.call(call, 0) }
    const posts = arena.isLong ? 10_000 : 300
    let begun = 0
    let lost = 0
    const worker = async (): Promise<void> => {
      while (begun < posts) {
        const room = rooms.small[begun++ % rooms.small.length] ?? rooms.contended
        const { repeats } = await load.post(room, room.owner, client)
        if (repeats > 0) lost++
      }
    }
    await Promise.all(Array.from({ length: 16 }, worker))
    await client.close()
    await lossy.close()
    arena.note('answers lost', lost)
    if (lost < posts) arena.miss(`only ${lost} of ${posts} answers were lost`)
  },
}

export const networkFaults: readonly Fault[] = [
  networkFault({ name: 'reset', title: 'connections to one node reset', mode: { kind: 'reset' } }),
  networkFault({
    name: 'blackHole',
    title: 'one node swallows everything (black hole)',
    mode: { kind: 'blackhole' },
    p99Ms: 1_500,
  }),
  networkFault({
    name: 'slow',
    title: 'answers of one node 800 ms late',
    mode: { kind: 'latency', ms: 800 },
  }),
  networkFault({
    name: 'halfClosed',
    title: 'answers of one node half-closed amid the body',
    mode: { kind: 'half-close', afterBytes: 300 },
  }),
  networkFault({
    name: 'truncated',
    title: 'answers of one node truncated',
    mode: { kind: 'truncate', afterBytes: 300 },
  }),
  networkFault({
    name: 'nodeAnswersLost',
    title: 'answers of one node lost after the commit',
    mode: { kind: 'lose-answer' },
  }),
  networkFault({
    name: 'idleClosed',
    title: 'idle connections to one node closed all the time (keep-alive race)',
    mode: { kind: 'close-idle', afterMs: 15 },
  }),
  networkFault({
    name: 'answers503',
    title: 'one node answers 503 to everything but its check',
    mode: answering(503, 'application/json', away),
  }),
  networkFault({
    name: 'garbage',
    title: 'one node answers garbage to everything but its check',
    mode: answering(200, 'text/html', '<html>It works!</html>'),
  }),
  all503,
  lostAnswers,
]
