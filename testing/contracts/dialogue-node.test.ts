import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { RunningProcess } from '../servers/child-process.ts'
import { startConsul } from '../servers/consul.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { startPingingNode } from './registry-node.ts'
import { registeredIds, startDialogueNode } from './start-dialogue-node.ts'

describeWith('consul', 'a dialogue node that leaves', () => {
  let consul: Awaited<ReturnType<typeof startConsul>>
  let folder: string
  const nodes: RunningProcess[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dialogue-node-'))
    consul = await startConsul()
  })
  afterAll(async () => {
    for (const node of nodes) await node.stop()
    await consul?.process.stop()
    await rm(folder, { recursive: true })
  })

  async function startNode(id: string) {
    const mongoDsn = `sqlite:${join(folder, 'store.db')}`
    const node = await startDialogueNode({ id, consulDsn: consul.dsn, mongoDsn })
    nodes.push(node.process)
    await waitUntil(`${id} is registered`, async () => (await registered()).includes(id))
    return node
  }

  const registered = () => registeredIds(consul.dsn)

  function expectOrderlyEnd(node: RunningProcess): void {
    const said = [
      'received',
      'deregistered',
      'shut down the http',
      'disconnecting from',
      'DB connection has been',
    ]
    const places = said.map((line) => node.output().indexOf(line))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
  }

  test('serves on after it is off the list, then closes in order', async () => {
    const node = await startNode('dialogue01')
    expect(await node.ping()).toBe('ok')
    node.process.signal('SIGTERM')
    await waitUntil('it is off the list', async () => !(await registered()).includes('dialogue01'))
    expect(await node.ping()).toBe('draining')
    const served = await node.ask('/chats?uid=1')
    expect(await served.json()).toEqual({ object: 'list', data: [] })
    expect(served.headers.get('connection')).toBe('close')
    expect(await node.process.exited).toBe(0)
    expectOrderlyEnd(node.process)
  })

  test('because another one has its id, leaves that one registered', async () => {
    const node = await startNode('dialogue02')
    const other = await startPingingNode({ id: 'dialogue02' })
    const { id, name, host, port, instance } = other.service
    const answer = await fetch(`http://${consul.dsn}/v1/agent/service/register`, {
      method: 'PUT',
      body: JSON.stringify({ ID: id, Name: name, Address: host, Port: port, Meta: { instance } }),
    })
    expect(answer.status).toBe(200)
    await waitUntil('it drains', async () => (await node.ping()) === 'draining')
    expect(await node.process.exited).toBe(0)
    expect(node.process.output()).toContain(`dialogue02 is now held by another node, leaving`)
    expect(await registered()).toContain('dialogue02')
    await other.kill()
  })
})
