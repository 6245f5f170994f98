import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import { DialogueClient } from './dialogue-client.ts'
import type { NodeHealth } from './node-health.ts'
import { NodeList } from './node-list.ts'
import { startProber } from './prober.ts'
import { RetryBudget } from './retry-budget.ts'
import { RoundRobin } from './round-robin.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const logger = createLogger('test').child({}, { level: 'silent' })
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

test('a million choices among nodes that come and go leave nothing in memory', () => {
  const list = new NodeList({ logger, initial: [], now: () => 0 })
  const turn = new RoundRobin()
  const budget = new RetryBudget()
  const heap = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = heap()
  for (let i = 0; i < 1_000_000; i++) {
    if (i % 100 === 0) {
      const ports = [0, 1, 2, 3].map((n) => 1_000 + i / 100 + n)
      list.apply(ports.map((port) => ({ id: `at-${port}`, host: '10.0.0.1', port, instance: 'run' })))
    }
    const node = turn.take(list.nodes, ({ health }) => health.isEligible(i))
    node?.health.chosen()
    budget.onRequest()
    if (i % 3 === 0) node?.health.answeredWell()
    else if (budget.tryTake()) node?.health.answeredWrongly(i, 'answered 500', i)
  }
  expect(heap() - before).toBeLessThan(2 ** 20)
  // Still in use, or the collector would have taken them with all they keep.
  expect(turn.take(list.nodes, () => true)).toBeDefined()
  expect(budget.left).toBeGreaterThanOrEqual(0)
})

const answering =
  (status: number, body: object): RequestListener =>
  (request, response) => {
    request.resume()
    response.writeHead(status, { 'content-type': 'application/json', 'x-served-by': 'a node' })
    response.end(JSON.stringify(body))
  }
const behaviours: RequestListener[] = [
  answering(200, { object: 'list', data: [] }),
  answering(500, { object: 'error', code: 5000, message: 'no' }),
  answering(503, { object: 'error', code: 5032, message: 'the store is away' }),
  (request) => request.socket.destroy(),
]

async function startServer(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  // Not the server is to close what the client should.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return server
}

const connectionsOf = (server: Server) =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )

test('of a node that has left nothing is kept: neither its state, however it answered, nor its connections', async () => {
  const servers = await Promise.all(behaviours.map(startServer))
  const nodes = new NodeList({ logger, initial: [] })
  const prober = startProber({ nodes })
  closers.push(() => prober.close())
  const client = new DialogueClient({ nodes, token: 't', logger, onSuspect: (node) => prober.probe(node) })
  closers.push(() => client.close())
  const instanceOf = (server: Server, run: number) => {
    const { port } = server.address() as AddressInfo
    return { id: `at-${port}`, host: '127.0.0.1', port, instance: `run-${run}` }
  }
  const seen: WeakRef<NodeHealth>[] = []
  const rounds = 50
  // A function of its own: what its variables hold last would be held as long as it runs.
  const round = async (run: number): Promise<void> => {
    // All are replaced at their addresses, and one of them leaves in the next answer.
    nodes.apply(servers.map((server) => instanceOf(server, run)))
    for (const { health } of nodes.nodes) seen.push(new WeakRef(health))
    await Promise.allSettled(
      servers.map(() => client.send({ method: 'GET', path: '/chats', requestId: 'r' })),
    )
    nodes.apply(servers.filter((_, i) => i !== run % servers.length).map((server) => instanceOf(server, run)))
  }
  for (let run = 1; run <= rounds; run++) await round(run)
  expect(seen).toHaveLength(rounds * servers.length)
  const [leaving, staying] = [rounds % servers.length, nodes.nodes.length]
  const kept = () => {
    collect()
    return seen.filter((health) => health.deref()).length
  }
  for (let waits = 0; kept() > staying; waits++) {
    if (waits > 200) throw new Error(`${kept()} nodes are kept in memory, ${staying} are listed`)
    await sleep(25)
  }
  for (const [i, server] of servers.entries()) {
    // To one that stays, those of the last round.
    const most = i === leaving ? 0 : servers.length
    for (let waits = 0; (await connectionsOf(server)) > most; waits++) {
      if (waits > 200) throw new Error(`${await connectionsOf(server)} connections to server ${i} are open`)
      await sleep(25)
    }
  }
})
