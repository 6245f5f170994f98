import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createRandom } from '@roundtable/tools/seed/seeded-random'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { type ApiClient, createApiClient } from '../load/api-client.ts'
import { readTopology } from '../load/read-topology.ts'
import { runUnderLoad, type WorkingCrowd } from '../load/run-under-load.ts'
import { whatFailed } from '../load/what-failed.ts'
import { waitUntil } from '../servers/wait-until.ts'

// The embedded form: SQLite and the dev agent. On real servers scenarios/faults does these and many more.
const ratePerS = 40

let system: Constellation
let client: ApiClient
beforeEach(async () => {
  system = await startConstellation()
  client = createApiClient(() => system.backends.map(({ url }) => url))
})
afterEach(async () => {
  await client?.close()
  await system?.close()
})

/** No request fails, and no message is lost, doubled, reordered or missed by who wrote it. */
async function nobodyNotices(meanwhile: (users: WorkingCrowd) => Promise<void>): Promise<void> {
  const findings = await runUnderLoad({ client, ratePerS, random: createRandom(1).next, meanwhile })
  expect(whatFailed(findings, () => false)).toEqual([])
}

async function moreAnswers({ load }: WorkingCrowd, count: number): Promise<void> {
  const goal = load.answered + count
  await waitUntil(`${count} more answers`, () => load.answered >= goal)
}

async function untilServedBy({ load }: WorkingCrowd, id: string): Promise<void> {
  const from = load.history.operations.length
  await waitUntil(`${id} serves`, () =>
    load.history.operations.slice(from).some(({ servedBy }) => servedBy === id),
  )
}

async function end(id: string, signal: NodeJS.Signals): Promise<void> {
  const node = system.nodes.get(id)?.process
  node?.signal(signal)
  await node?.exited
}

test('a node is stopped', () =>
  nobodyNotices(async (users) => {
    await untilServedBy(users, 'dialogue02')
    await end('dialogue02', 'SIGTERM')
    expect(await system.passing()).toEqual(['dialogue01'])
    await moreAnswers(users, 50)
  }))

test('a node is killed and comes back', () =>
  nobodyNotices(async (users) => {
    await untilServedBy(users, 'dialogue02')
    await end('dialogue02', 'SIGKILL')
    await waitUntil('the topology shows it', async () => {
      const nodes = await readTopology(client, users.crowd[0]?.token ?? '', 0)
      const killed = nodes.find(({ id }) => id === 'dialogue02')
      return killed === undefined || killed.state === 'suspect'
    })
    await moreAnswers(users, 50)
    await system.startNode('dialogue02', {
      port: Number(new URL(system.nodes.get('dialogue02')?.url ?? '').port),
    })
    await untilServedBy(users, 'dialogue02')
  }))

test('a node is replaced by another at the same count', () =>
  nobodyNotices(async (users) => {
    await untilServedBy(users, 'dialogue02')
    await Promise.all([system.startNode('dialogue03'), end('dialogue02', 'SIGTERM')])
    await untilServedBy(users, 'dialogue03')
    await moreAnswers(users, 50)
  }))

test('the registry is restarted empty', () =>
  nobodyNotices(async (users) => {
    await system.restartRegistryEmpty()
    await waitUntil('both nodes are registered again', async () => (await system.passing()).length === 2)
    await moreAnswers(users, 50)
  }))
