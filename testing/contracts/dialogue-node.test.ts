import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Ping } from '@roundtable/common/dialogue-wire'
import { repositoryRoot } from '../constellation/repository-root.ts'
import { type RunningProcess, startProcess } from '../servers/child-process.ts'
import { startConsul } from '../servers/consul.ts'
import { freePort } from '../servers/free-port.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { startPingingNode } from './registry-node.ts'

const token = 'a token long enough'

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
    const port = await freePort()
    const main = join(repositoryRoot, 'dialogue/dist/main.js')
    const node = startProcess(process.execPath, [main], {
      env: {
        PATH: process.env.PATH,
        MONGO_DSN: `sqlite:${join(folder, 'store.db')}`,
        DIALOG_TOKEN: token,
        SERVICE_ID: id,
        SERVICE_HOST: 'http://127.0.0.1',
        SERVICE_PORT: String(port),
        LISTEN_HOST: '127.0.0.1',
        CONSUL_DSN: consul.dsn,
        QUEUE_DSN: 'local:9092',
      },
    })
    nodes.push(node)
    await waitUntil(`${id} is registered`, async () => (await registered()).includes(id))
    return { node, url: `http://127.0.0.1:${port}` }
  }

  async function registered(): Promise<string[]> {
    const answer = await fetch(`http://${consul.dsn}/v1/agent/services`)
    return Object.keys((await answer.json()) as object)
  }

  async function ping(url: string): Promise<Ping['status']> {
    return Ping.parse(await (await fetch(`${url}/ping`)).json()).status
  }

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
    const { node, url } = await startNode('dialogue01')
    expect(await ping(url)).toBe('ok')
    node.signal('SIGTERM')
    await waitUntil('it is off the list', async () => !(await registered()).includes('dialogue01'))
    expect(await ping(url)).toBe('draining')
    const served = await fetch(`${url}/chats?uid=1`, { headers: { authorization: token } })
    expect(await served.json()).toEqual({ object: 'list', data: [] })
    expect(served.headers.get('connection')).toBe('close')
    expect(await node.exited).toBe(0)
    expectOrderlyEnd(node)
  })

  test('because another one has its id, leaves that one registered', async () => {
    const { node, url } = await startNode('dialogue02')
    const other = await startPingingNode({ id: 'dialogue02' })
    const { id, name, host, port, instance } = other.service
    const answer = await fetch(`http://${consul.dsn}/v1/agent/service/register`, {
      method: 'PUT',
      body: JSON.stringify({ ID: id, Name: name, Address: host, Port: port, Meta: { instance } }),
    })
    expect(answer.status).toBe(200)
    await waitUntil('it drains', async () => (await ping(url)) === 'draining')
    expect(await node.exited).toBe(0)
    expect(node.output()).toContain(`dialogue02 is now held by another node, leaving`)
    expect(await registered()).toContain('dialogue02')
    await other.kill()
  })
})
