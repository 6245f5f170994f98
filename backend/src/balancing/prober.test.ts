import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import type { Ping } from '@roundtable/common/dialogue-wire'
import { createLogger } from '@roundtable/common/logger'
import { NodeList } from './node-list.ts'
import { startProber } from './prober.ts'

const logger = createLogger('test').child({}, { level: 'silent' })
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A node whose /ping says what it is told to; what it is not told, it does not answer. */
async function startProbedNode(says: (probe: number) => Ping['status'] | undefined) {
  let probes = 0
  const server = createServer((_request, response) => {
    const status = says(++probes)
    if (status === undefined) return void response.destroy()
    response.writeHead(status === 'ok' ? 200 : 503, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ object: 'ping', id: 'dialogue01', instance: 'run', status }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  const { port } = server.address() as AddressInfo
  const nodes = new NodeList({ logger, initial: [] })
  nodes.apply([{ id: 'dialogue01', host: '127.0.0.1', port, instance: 'run' }])
  const prober = startProber({ nodes })
  closers.push(() => prober.close())
  const [node] = nodes.nodes
  if (!node) throw new Error('the node was listed')
  const until = async (condition: () => boolean) => {
    for (let waits = 0; !condition(); waits++) {
      if (waits > 1_000) throw new Error('waited too long')
      await sleep(10)
    }
  }
  return { nodes, node, prober, until, probes: () => probes }
}

test('a suspect is probed when it is told to, and healthy as soon as it answers', async () => {
  const { node, prober, until } = await startProbedNode(() => 'ok')
  node.health.didNotAnswer(0, 'ECONNRESET', 0)
  prober.probe(node)
  await until(() => node.health.state.kind === 'healthy')
})

test('a suspect that says it is draining is known to drain', async () => {
  const { node, until } = await startProbedNode(() => 'draining')
  node.health.didNotAnswer(0, 'ECONNRESET', 0)
  await until(() => node.health.state.kind === 'draining')
})

test('a suspect that is starting again stays suspect until it is ready', async () => {
  const { node, until, probes } = await startProbedNode((probe) => (probe < 3 ? 'starting' : 'ok'))
  const states: string[] = []
  node.health.didNotAnswer(0, 'ECONNREFUSED', 0)
  await until(() => {
    states[probes()] = node.health.state.kind
    return node.health.state.kind === 'healthy'
  })
  expect(probes()).toBe(3)
  expect(states.slice(0, 3)).toEqual(['suspect', 'suspect', 'suspect'])
})

test('a healthy node that drains is known to drain as soon as it is asked', async () => {
  const { node, prober, until } = await startProbedNode(() => 'draining')
  prober.probe(node)
  await until(() => node.health.state.kind === 'draining')
})

test('a node the registry lists no more survives a probe or two that fail, also again and again', async () => {
  const { nodes, until, probes } = await startProbedNode((probe) => (probe % 3 === 0 ? 'ok' : undefined))
  nodes.apply([])
  await until(() => probes() > 6)
  expect(nodes.nodes).toHaveLength(1)
})

test('it leaves after three that failed in a row, or one that said it is draining', async () => {
  const silent = await startProbedNode(() => undefined)
  silent.nodes.apply([])
  await silent.until(() => silent.nodes.nodes.length === 0)
  expect(silent.probes()).toBe(3)
  const leaving = await startProbedNode(() => 'draining')
  leaving.nodes.apply([])
  await leaving.until(() => leaving.nodes.nodes.length === 0)
  expect(leaving.probes()).toBe(1)
})
