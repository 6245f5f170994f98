import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { RunningProcess } from '../servers/child-process.ts'
import { startMongod } from '../servers/mongod.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { type RunningRegistry, startDevAgent } from './registry-servers.ts'
import { registeredIds, startDialogueNode } from './start-dialogue-node.ts'

describeWith('mongod', 'a dialogue node that is started while its database is away', () => {
  let registry: RunningRegistry
  let mongod: Awaited<ReturnType<typeof startMongod>>
  const nodes: RunningProcess[] = []
  beforeAll(async () => {
    registry = await startDevAgent()
    mongod = await startMongod()
    mongod.process.signal('SIGKILL')
    await mongod.process.exited
  })
  afterAll(async () => {
    for (const node of nodes) await node.stop()
    await mongod?.close()
    await registry?.kill()
  })

  const registered = () => registeredIds(registry.dsn)

  async function startNode(id: string) {
    const node = await startDialogueNode({ id, consulDsn: registry.dsn, mongoDsn: mongod.dsn })
    nodes.push(node.process)
    const { process } = node
    await waitUntil(`${id} waits for it`, () => process.output().includes('the DB is not there yet'))
    return node
  }

  test('ends at once and in order when it is told to stop', async () => {
    const { process } = await startNode('dialogue01')
    process.signal('SIGTERM')
    expect(await process.exited).toBe(0)
    const said = process.output().split('\n')
    const end = said.findIndex((line) => line.includes('received the terminated call, shutting down'))
    const lines = said.slice(end + 1).filter((line) => line !== '')
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
      'shut down the http server',
      'disconnecting from the DB...',
      'DB connection has been closed',
    ])
    expect(await registered()).toEqual([])
  })

  test('lives, says why it is not ready, and is registered when the database comes', async () => {
    const node = await startNode('dialogue02')
    expect((await node.ask('/health/live')).status).toBe(200)
    for (const path of ['/health/ready', '/chats?uid=1']) {
      const answer = await node.ask(path)
      expect([answer.status, await answer.json()]).toEqual([503, expect.objectContaining({ code: 5032 })])
    }
    expect(await node.ping()).toBe('starting')
    expect(await registered()).toEqual([])

    await mongod.startAgain()
    await waitUntil('it is registered', async () => (await registered()).includes('dialogue02'))
    expect(await node.ping()).toBe('ok')
    expect((await node.ask('/health/ready')).status).toBe(200)
    expect(await (await node.ask('/chats?uid=1')).json()).toEqual({ object: 'list', data: [] })
  })
})
