import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals'
import { type Registration, register } from '@roundtable/common/consul/register'
import type { ServiceDescription, ServiceInstance } from '@roundtable/common/consul/service-instance'
import { type ServiceWatch, watchService } from '@roundtable/common/consul/watch-service'
import { createLogger } from '@roundtable/common/logger'
import { waitUntil } from '../servers/wait-until.ts'
import { type PingingNode, startPingingNode } from './registry-node.ts'
import type { RunningRegistry, StartRegistry } from './registry-servers.ts'

const logger = createLogger('test').child({}, { level: 'silent' })
/** Far longer than any test waits: what is seen within a test was told at once, not at the end of a question. */
const longWaitMs = 300_000

/** A registry, and what tests do with it; what a test opens is closed after it. */
export type RegistryWorld = ReturnType<typeof registryWorld>

/** Starts a registry before the tests of this suite and ends it after them. */
export function registryWorld(startRegistry: StartRegistry) {
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

  async function toldOf(
    told: (readonly ServiceInstance[])[],
    nodes: readonly { service: ServiceDescription }[],
  ): Promise<void> {
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

  async function remove(id: string): Promise<void> {
    expect((await ask('PUT', `/v1/agent/service/deregister/${id}`)).status).toBe(200)
  }

  return {
    startRegistry,
    startNode,
    registerNode,
    watchAll,
    toldOf,
    registered,
    ask,
    overwrite,
    remove,
    onClose: (close: () => Promise<unknown>) => void closers.push(close),
    /** The service of this test's nodes. */
    get serviceName() {
      return name
    },
  }
}
