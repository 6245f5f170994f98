import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Registration, register } from '@roundtable/common/consul/register'
import type { ServiceDescription, ServiceInstance } from '@roundtable/common/consul/service-instance'
import { type ServiceWatch, watchService } from '@roundtable/common/consul/watch-service'
import { ConfigError } from '@roundtable/common/errors'
import { createLogger } from '@roundtable/common/logger'
import { freePort } from '../servers/free-port.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { type PingingNode, startPingingNode } from './registry-node.ts'
import type { RunningRegistry, StartRegistry } from './registry-servers.ts'

const logger = createLogger('test').child({}, { level: 'silent' })
/** Far longer than any test waits: what is seen within a test was told at once, not at the end of a question. */
const longWaitMs = 300_000

/** What registering and watching promise, on whatever speaks Consul's HTTP API. */
export function registrySuite(startRegistry: StartRegistry): void {
  let registry: RunningRegistry
  let closers: (() => Promise<unknown>)[]
  let name: string
  let tests = 0

  beforeAll(async () => {
    registry = await startRegistry()
  })
  afterAll(() => registry?.kill())

  beforeEach(() => {
    closers = []
    // One registry serves all tests; each has a service of its own.
    name = `dialogue${++tests}`
  })
  afterEach(async () => {
    for (const close of closers.reverse()) await close()
  })

  async function startNode(id: string, port?: number): Promise<PingingNode> {
    const node = await startPingingNode({ id: `${name}-${id}`, name, ...(port !== undefined && { port }) })
    closers.push(node.kill)
    return node
  }

  async function registerNode(
    node: { service: ServiceDescription },
    options: { dsn?: string; onHeldByAnother?: (holder: ServiceInstance) => void } = {},
  ): Promise<Registration> {
    const { dsn = registry.dsn, onHeldByAnother = () => {} } = options
    const registration = await register({ consulDsn: dsn, service: node.service, logger, onHeldByAnother })
    closers.push(() => registration.deregister())
    return registration
  }

  /** What the watch has told, newest last. */
  function watchAll(dsn = registry.dsn): { told: (readonly ServiceInstance[])[]; watch: ServiceWatch } {
    const told: (readonly ServiceInstance[])[] = []
    const watch = watchService({
      consulDsn: dsn,
      service: name,
      logger,
      onInstances: (instances) => told.push(instances),
      waitMs: longWaitMs,
    })
    closers.push(() => watch.close())
    return { told, watch }
  }

  async function toldOf(told: (readonly ServiceInstance[])[], nodes: PingingNode[]): Promise<void> {
    const expected = nodes.map(({ service: { id, host, port, instance } }) => ({ id, host, port, instance }))
    try {
      await waitUntil('the watch tells the expected nodes', () => {
        expect(told.at(-1)).toEqual(expected)
        return true
      })
    } catch {
      expect(told.at(-1)).toEqual(expected)
    }
  }

  async function registered(
    id: string,
  ): Promise<{ Address: string; Port: number; Meta: unknown } | undefined> {
    const answer = await fetch(`http://${registry.dsn}/v1/agent/service/${id}`)
    return answer.ok ? ((await answer.json()) as { Address: string; Port: number; Meta: unknown }) : undefined
  }

  async function ask(method: 'GET' | 'PUT', path: string, body?: object): Promise<Response> {
    return fetch(`http://${registry.dsn}${path}`, { method, ...(body && { body: JSON.stringify(body) }) })
  }

  /** As somebody who does not look who holds the id. */
  async function overwrite({ id, host, port, instance }: ServiceDescription): Promise<void> {
    const service = { ID: id, Name: name, Address: host, Port: port, Meta: { instance } }
    expect((await ask('PUT', '/v1/agent/service/register', service)).status).toBe(200)
  }

  describe('watching', () => {
    test('tells nobody of a service that has no instance', async () => {
      const { told } = watchAll()
      await toldOf(told, [])
    })

    test('tells at once who came, who left and who was replaced at the same count', async () => {
      const { told } = watchAll()
      await toldOf(told, [])
      const [first, second, third] = [await startNode('1'), await startNode('2'), await startNode('3')]
      await registerNode(first)
      await toldOf(told, [first])
      const registration = await registerNode(second)
      await toldOf(told, [first, second])
      await Promise.all([registration.deregister(), registerNode(third)])
      await toldOf(told, [first, third])
      await third.kill()
      await toldOf(told, [first])
    })

    test('tells that a node drains, hangs, and is well again', async () => {
      const node = await startNode('1')
      await registerNode(node)
      const { told } = watchAll()
      for (const trouble of ['draining', undefined] as const) {
        await toldOf(told, [node])
        node.behave(trouble)
        await toldOf(told, [])
        node.behave('ok')
      }
      await toldOf(told, [node])
    })

    test('tells a new instance at an old address', async () => {
      const before = await startNode('1')
      await registerNode(before)
      const { told } = watchAll()
      await toldOf(told, [before])
      await before.kill()
      const after = await startNode('1', before.service.port)
      await registerNode(after)
      await toldOf(told, [after])
    })

    test('tells nothing after it was closed', async () => {
      const { told, watch } = watchAll()
      await toldOf(told, [])
      await watch.close()
      const seen = told.length
      const node = await startNode('1')
      await registerNode(node)
      await waitUntil('the node passes', async () => {
        const answer = await ask('GET', `/v1/health/service/${name}?passing`)
        return ((await answer.json()) as unknown[]).length === 1
      })
      expect(told).toHaveLength(seen)
    })
  })

  describe('registering', () => {
    test('makes the registration as it was described', async () => {
      const { service, ...node } = await startNode('1')
      await registerNode({ ...node, service })
      expect(await registered(service.id)).toMatchObject({
        Address: service.host,
        Port: service.port,
        Meta: { instance: service.instance },
      })
    })

    test('takes over an id whose address answers no more', async () => {
      const dead = await startNode('1')
      await registerNode(dead)
      await dead.kill()
      const heir = await startNode('1')
      await registerNode(heir)
      expect(await registered(heir.service.id)).toMatchObject({ Port: heir.service.port })
    })

    test('takes over an id whose holder hangs or drains', async () => {
      let holder = await startNode('1')
      await registerNode(holder)
      for (const trouble of ['draining', undefined] as const) {
        holder.behave(trouble)
        const heir = await startNode('1')
        await registerNode(heir)
        expect(await registered(heir.service.id)).toMatchObject({ Port: heir.service.port })
        holder = heir
      }
    })

    test('refuses an id that another live node holds, and names it', async () => {
      const holder = await startNode('1')
      await registerNode(holder)
      const second = await startNode('1')
      const refused = registerNode(second)
      await expect(refused).rejects.toThrow(ConfigError)
      await expect(refused).rejects.toThrow(holder.service.id)
      await expect(refused).rejects.toThrow(`127.0.0.1:${holder.service.port}`)
      expect(await registered(holder.service.id)).toMatchObject({ Port: holder.service.port })
    })

    test('mends a registration that is gone or was changed', async () => {
      const node = await startNode('1')
      const { service } = node
      await registerNode(node)
      await ask('PUT', `/v1/agent/service/deregister/${service.id}`)
      await waitUntil('it is registered again', async () => (await registered(service.id)) !== undefined)
      await overwrite({ ...service, port: await freePort() })
      await waitUntil('its port is mended', async () => (await registered(service.id))?.Port === service.port)
      const { told } = watchAll()
      await toldOf(told, [node])
    })

    test('leaves an id that another live node came to hold, and tells it once', async () => {
      const holders: ServiceInstance[] = []
      const node = await startNode('1')
      const other = await startNode('1')
      const registration = await registerNode(node, { onHeldByAnother: (holder) => holders.push(holder) })
      await overwrite(other.service)
      await waitUntil('the other one is told', () => holders.length > 0)
      await registration.deregister()
      const { id, host, port, instance } = other.service
      expect(holders).toEqual([{ id, host, port, instance }])
      expect(await registered(id)).toMatchObject({ Port: port })
    })
  })

  describe('deregistering', () => {
    test('takes the registration back', async () => {
      const node = await startNode('1')
      const registration = await registerNode(node)
      const { told } = watchAll()
      await toldOf(told, [node])
      await registration.deregister()
      await toldOf(told, [])
      expect(await registered(node.service.id)).toBeUndefined()
    })

    test('leaves alone what is another run’s', async () => {
      const frozen = await startNode('1')
      const registration = await registerNode(frozen)
      frozen.behave(undefined)
      const heir = await startNode('1')
      await registerNode(heir)
      await registration.deregister()
      expect(await registered(heir.service.id)).toMatchObject({ Port: heir.service.port })
    })
  })

  describe('a registry that is away', () => {
    let own: RunningRegistry

    test('is restarted empty: nodes register again, the watch goes on', async () => {
      own = await startRegistry()
      closers.push(() => own.kill())
      const [first, second] = [await startNode('1'), await startNode('2')]
      await registerNode(first, { dsn: own.dsn })
      await registerNode(second, { dsn: own.dsn })
      const { told } = watchAll(own.dsn)
      await toldOf(told, [first, second])
      await own.kill()
      await second.kill()
      own = await startRegistry(own.port)
      await toldOf(told, [first])
    })

    test('is there later than the node: it is registered then', async () => {
      const port = await freePort()
      const node = await startNode('1')
      await registerNode(node, { dsn: `127.0.0.1:${port}` })
      const { told } = watchAll(`127.0.0.1:${port}`)
      own = await startRegistry(port)
      closers.push(() => own.kill())
      await toldOf(told, [node])
    })

    test('stops nobody from leaving', async () => {
      own = await startRegistry()
      const registration = await registerNode(await startNode('1'), { dsn: own.dsn })
      await own.kill()
      await registration.deregister()
    })
  })

  describe('blocking queries', () => {
    async function askHealth(query: string): Promise<{ index: number; ids: string[] }> {
      const answer = await ask('GET', `/v1/health/service/${name}?stale${query}`)
      const entries = (await answer.json()) as { Service: { ID: string } }[]
      expect(answer.status).toBe(200)
      return {
        index: Number(answer.headers.get('x-consul-index')),
        ids: entries.map((entry) => entry.Service.ID),
      }
    }

    test('answer at once without an index, with index 0 and with one that has passed', async () => {
      await overwrite((await startNode('1')).service)
      await waitUntil('it is listed', async () => (await askHealth('')).ids.length === 1)
      const { index } = await askHealth('')
      expect(index).toBeGreaterThan(0)
      for (const query of ['&index=0&wait=5m', `&index=${index - 1}&wait=5m`]) {
        expect(await askHealth(query)).toEqual({ index, ids: [`${name}-1`] })
      }
    })

    test('answer with what there is when the wait ends', async () => {
      const { index } = await askHealth('')
      expect((await askHealth(`&index=${index}&wait=100ms`)).ids).toEqual([])
    })

    test('answer with a greater index as soon as there is a change', async () => {
      const before = await askHealth('')
      const waiting = askHealth(`&index=${before.index}&wait=5m`)
      await overwrite((await startNode('1')).service)
      const after = await waiting
      expect(after.ids).toEqual([`${name}-1`])
      expect(after.index).toBeGreaterThan(before.index)
    })

    test('do not wake by a repeated registration that changes nothing', async () => {
      const { service } = await startNode('1')
      await overwrite(service)
      await waitUntil('it is listed', async () => (await askHealth('')).ids.length === 1)
      const { index } = await askHealth('')
      await overwrite(service)
      expect(await askHealth(`&index=${index}&wait=500ms`)).toEqual({ index, ids: [service.id] })
    })

    test('refuse an index or a wait that is none', async () => {
      for (const query of ['index=x', 'index=-1', 'index=1&wait=soon']) {
        expect((await ask('GET', `/v1/health/service/${name}?${query}`)).status).toBe(400)
      }
    })
  })
}
