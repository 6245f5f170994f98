import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Logger, pino } from 'pino'
import { type Registration, register } from './register.ts'
import type { ServiceDescription, ServiceInstance } from './service-instance.ts'

const service: ServiceDescription = {
  id: 'dialogue01',
  name: 'dialogue',
  host: '127.0.0.1',
  port: 1,
  instance: 'ours',
}

/** Requests that changed something, with their bodies. */
let done: { path: string; body: unknown }[]
/** What GET /v1/agent/services answers. */
let services: Record<string, object> | string
/** What GET /v1/status/leader answers. */
let leader: string
/** Called before each answer; it may keep it back for ever. */
let beforeAnswer: (path: string) => Promise<unknown>
let logged: string[]
let logger: Logger
let closers: (() => Promise<unknown>)[]
let consulDsn: string

beforeEach(async () => {
  done = []
  services = {}
  leader = '127.0.0.1:8300'
  beforeAnswer = async () => {}
  logged = []
  closers = []
  logger = pino({}, { write: (line) => void logged.push(JSON.parse(line).msg) })
  consulDsn = `127.0.0.1:${await listen(answerAsConsul)}`
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
})

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => unknown) {
  const server: Server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  )
  return (server.address() as AddressInfo).port
}

async function answerAsConsul(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? ''
  let text = ''
  for await (const piece of request) text += piece
  await beforeAnswer(path)
  response.setHeader('content-type', 'application/json')
  if (path === '/v1/status/leader') return void response.end(JSON.stringify(leader))
  if (path === '/v1/agent/services') return void response.end(JSON.stringify(services))
  const body = text === '' ? undefined : JSON.parse(text)
  done.push({ path, body })
  services = path.includes('/deregister/') ? {} : listed(body.Port, body.Meta.instance)
  response.end()
}

function listed(port: number, instance: string): Record<string, object> {
  const { id, name, host } = service
  return { [id]: { ID: id, Service: name, Address: host, Port: port, Meta: { instance } } }
}

async function start(onHeldByAnother: (holder: ServiceInstance) => void = () => {}): Promise<Registration> {
  const registration = await register({
    consulDsn,
    service,
    logger,
    onHeldByAnother,
    random: () => 0.5,
    // Every pause is short, none is nothing: the loop must not starve the servers above.
    clock: {
      now: () => performance.now(),
      sleep: (_ms, signal) =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, 5)
          signal.addEventListener('abort', () => {
            clearTimeout(timer)
            resolve()
          })
        }),
    },
  })
  closers.push(() => registration.deregister())
  return registration
}

/** Resolves at the request after which the condition holds. */
function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const before = beforeAnswer
    beforeAnswer = async (path) => {
      await before(path)
      if (condition()) resolve()
    }
  })
}

const paths = () => done.map(({ path }) => path)

test('registers with a check of /ping and a time after which a dead node is dropped', async () => {
  await start()
  expect(done).toEqual([
    {
      path: '/v1/agent/service/register',
      body: {
        ID: 'dialogue01',
        Name: 'dialogue',
        Address: '127.0.0.1',
        Port: 1,
        Meta: { instance: 'ours' },
        Check: {
          Name: 'dialogue answers /ping',
          HTTP: 'http://127.0.0.1:1/ping',
          FailuresBeforeCritical: 5,
          Interval: '1s',
          Timeout: '900ms',
          Status: 'passing',
          DeregisterCriticalServiceAfter: '1m',
        },
      },
    },
  ])
})

test('leaves a registration alone that stands as it was made', async () => {
  await start()
  let looks = 0
  await until(() => ++looks > 6)
  expect(paths()).toEqual(['/v1/agent/service/register'])
  expect(logged).toEqual(['registered'])
})

test.each([
  ['somebody of another id', { object: 'ping', id: 'dialogue09', instance: 'theirs', status: 'ok' }],
  ['a node that drains', { object: 'ping', id: 'dialogue01', instance: 'theirs', status: 'draining' }],
  ['a node that starts', { object: 'ping', id: 'dialogue01', instance: 'theirs', status: 'starting' }],
  ['this very run', { object: 'ping', id: 'dialogue01', instance: 'ours', status: 'ok' }],
  ['something else', 'It works'],
])('takes the id over when its address answers as %s', async (_who, ping) => {
  const port = await listen((_request, response) => response.end(JSON.stringify(ping)))
  services = listed(port, 'theirs')
  await start()
  expect(services).toEqual(listed(1, 'ours'))
})

test('asks a slow holder twice before it takes its id', async () => {
  let pings = 0
  const port = await listen((_request, response) => {
    const ping = { object: 'ping', id: 'dialogue01', instance: 'theirs', status: 'ok' }
    if (++pings > 1) response.end(JSON.stringify(ping))
  })
  services = listed(port, 'theirs')
  await expect(start()).rejects.toThrow(
    `SERVICE_ID dialogue01 is held by another live node at 127.0.0.1:${port}`,
  )
  expect(done).toEqual([])
})

test('registers only when Consul has a leader, and tells of the outage once', async () => {
  leader = ''
  await start()
  let looks = 0
  await until(() => ++looks > 6)
  expect(done).toEqual([])
  leader = '127.0.0.1:8300'
  await until(() => done.length > 0)
  await until(() => logged.length > 2)
  expect(logged).toEqual([
    'registering dialogue01: lost Consul, trying on',
    'registered',
    'registering dialogue01: Consul is back',
  ])
})

test('a Consul that talks nonsense at start does not keep the node from serving', async () => {
  services = 'It works'
  await start()
  expect(done).toEqual([])
  services = {}
  await until(() => done.length > 0)
})

test('deregisters after a registration that was still under way', async () => {
  services = 'It works'
  const registration = await start()
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const underWay = new Promise<void>((resolve) => {
    beforeAnswer = async (path) => {
      if (path !== '/v1/agent/service/register') return
      resolve()
      await held
    }
  })
  services = {}
  await underWay
  const left = registration.deregister()
  // Long enough for one that does not wait to be through, short enough for Consul not to be given up.
  setTimeout(release, 200)
  await left
  expect(paths()).toEqual(['/v1/agent/service/register', '/v1/agent/service/deregister/dialogue01'])
})

test('a Consul that hangs keeps nobody from leaving, nor from trying on', async () => {
  let requests = 0
  beforeAnswer = () => {
    requests++
    return new Promise(() => {})
  }
  const registration = await start()
  expect(requests).toBe(1)
  await registration.deregister()
  expect(logged.at(-1)).toBe('could not deregister: Consul will drop us as we fail its check')
})
