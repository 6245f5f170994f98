import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { signIn } from '../constellation/api-user.ts'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { type RunningRegistry, startDevAgent } from './registry-servers.ts'

let registry: RunningRegistry
let system: Constellation
beforeAll(async () => {
  registry = await startDevAgent()
  system = await startConstellation({ registry: { dsn: registry.dsn }, nodes: 3 })
})
afterAll(async () => {
  await system?.close()
  await registry?.kill()
})

test('a node that is stopped while the registry is away is left alone before it closes its door', async () => {
  const [backend] = system.backends
  const node = system.nodes.get('dialogue02')
  if (!backend || !node) throw new Error('they were started')
  const user = await signIn(backend.url, 'tester')
  await registry.kill()
  node.process.signal('SIGTERM')
  const metric = async (line: string) => {
    const metrics = await (await fetch(`${backend.url}/metrics`)).text()
    return metrics.split('\n').find((it) => it.startsWith(line) && it.includes('node="dialogue02"'))
  }
  await waitUntil('the backend knows that it drains', async () => {
    expect((await user.call('GET', '/v1/chats')).status).toBe(200)
    const { body } = await user.call('GET', '/v1/topology')
    return body.nodes.some(({ id, state }) => id === 'dialogue02' && state === 'draining')
  })
  expect(await node.process.exited).toBe(0)
  for (let i = 0; i < 30; i++) expect((await user.call('GET', '/v1/chats')).status).toBe(200)
  expect(await metric('dialogue_node_failures_total')).toMatch(/ 0$/)
  const changes = backend.process
    .output()
    .split('\n')
    .filter((line) => line.includes('node changed state'))
  expect(changes.map((line) => JSON.parse(line).state)).toEqual(['draining'])
})
