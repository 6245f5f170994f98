import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { buildDevAgent } from './build-dev-agent.ts'

let app: FastifyInstance
let closers: (() => Promise<unknown>)[]

beforeEach(() => {
  app = buildDevAgent({
    logger: pino({ level: 'silent' }),
    floors: { intervalMs: 5, deregisterAfterMs: 20 },
  })
  closers = [() => app.close()]
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
})

interface Health {
  Service: { ID: string }
  Checks: { CheckID: string; Name: string; Status: string; Output: string }[]
}

/** As curl -X PUT -d sends it. */
async function register(body: unknown) {
  return app.inject({
    method: 'PUT',
    url: '/v1/agent/service/register',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

async function health(query = ''): Promise<{ index: number; services: Health[] }> {
  const answer = await app.inject(`/v1/health/service/web${query}`)
  return { index: Number(answer.headers['x-consul-index']), services: answer.json() }
}

/** Waits, change by change, until the services of the name are so. */
async function healthUntil(condition: (services: Health[]) => boolean): Promise<Health[]> {
  let { index, services } = await health()
  while (!condition(services)) ({ index, services } = await health(`?index=${index}&wait=10s`))
  return services
}

/** A server that answers with the status that `answer` holds; undefined: not at all. */
async function startServer(answer: { status: number | undefined }): Promise<string> {
  const server = createServer((_request, response) => {
    if (answer.status !== undefined) response.writeHead(answer.status).end('hello')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const only = (services: Health[]) => services[0]?.Checks[0]

test('a service is critical until its check has passed, unless it says otherwise', async () => {
  const http = await startServer({ status: undefined })
  const check = { HTTP: http, Interval: '10s', Timeout: '10s' }
  await register({ Name: 'web', Check: check })
  expect(only((await health()).services)?.Status).toBe('critical')
  expect((await health('?passing')).services).toEqual([])
  await register({ Name: 'web', ID: 'w2', Check: { ...check, Status: 'passing' } })
  expect((await health('?passing')).services.map(({ Service }) => Service.ID)).toEqual(['w2'])
  expect((await health('?passing=false')).services).toHaveLength(2)
})

test('a service without a check passes', async () => {
  await register({ name: 'web' })
  expect((await health('?passing')).services).toHaveLength(1)
})

test('checks tell 2xx, 429, other answers and time-outs apart', async () => {
  const answer: { status: number | undefined } = { status: 200 }
  const http = await startServer(answer)
  await register({ Name: 'web', Check: { HTTP: http, Interval: '5ms', Timeout: '50ms' } })
  const passing = await healthUntil((services) => only(services)?.Status === 'passing')
  expect(only(passing)?.Output).toBe(`HTTP GET ${http}: 200 OK Output: hello`)
  for (const [status, expected, output] of [
    [429, 'warning', '429 Too Many Requests'],
    [503, 'critical', '503 Service Unavailable'],
    [204, 'passing', '204 No Content'],
    [302, 'critical', '302 Found'],
    [200, 'passing', '200 OK'],
    [undefined, 'critical', 'no answer within 50 ms'],
  ] as const) {
    answer.status = status
    const services = await healthUntil((all) => only(all)?.Status === expected)
    expect(only(services)?.Output).toContain(output)
  }
})

test('a service that is critical for too long is deregistered', async () => {
  const answer = { status: 200 }
  const http = await startServer(answer)
  const check = { HTTP: http, Interval: '5ms', DeregisterCriticalServiceAfter: '20ms' }
  await register({ Name: 'web', Check: check })
  await healthUntil((services) => only(services)?.Status === 'passing')
  answer.status = 500
  await healthUntil((services) => services.length === 0)
})

test('all checks of a service must pass', async () => {
  const [well, ill] = [await startServer({ status: 200 }), await startServer({ status: 500 })]
  const Checks = [well, ill].map((HTTP) => ({ HTTP, Interval: '5ms' }))
  await register({ Name: 'web', Checks })
  const services = await healthUntil((all) => only(all)?.Status === 'passing')
  expect(services[0]?.Checks.map(({ CheckID }) => CheckID)).toEqual(['service:web:1', 'service:web:2'])
  expect((await health('?passing')).services).toEqual([])
})

test('a service that registers anew keeps what its check had found', async () => {
  const http = await startServer({ status: 200 })
  const service = { Name: 'web', Port: 1, Check: { HTTP: http, Interval: '5ms' } }
  await register(service)
  await healthUntil((services) => only(services)?.Status === 'passing')
  await register({ ...service, Port: 2, Check: { HTTP: http, Interval: '10s' } })
  expect(only((await health()).services)?.Status).toBe('passing')
})

test('field names are taken in any case and with underscores', async () => {
  const check = { http: 'http://127.0.0.1:1/', INTERVAL: '10s', deregister_critical_service_after: '90m' }
  expect((await register({ NAME: 'web', id: 'w1', check })).statusCode).toBe(200)
  const service = await app.inject('/v1/agent/service/w1')
  expect(service.json()).toMatchObject({ ID: 'w1', Service: 'web', Tags: [], Meta: {} })
})

test.each([
  ['', 'Request decode failed: the body is empty'],
  ['{"Name"', 'Request decode failed'],
  ['[]', 'Invalid input'],
  [{}, 'name: the service has no name'],
  [{ Name: 'web', Port: 'x' }, 'port: Invalid input'],
  [{ Name: 'web', Address: '0.0.0.0' }, 'address: nobody can be reached'],
  [{ Name: 'web', Check: { HTTP: 'http://x/' } }, 'check.interval: a duration is missing'],
  [
    { Name: 'web', Check: { HTTP: 'http://x/', Interval: 'soon' } },
    'check.interval: invalid duration "soon"',
  ],
  [{ Name: 'web', Check: { HTTP: 'http://x/', Interval: '0s' } }, 'check.interval: must be > 0'],
  [{ Name: 'web', Check: { TTL: '10s' } }, 'check.http: this agent runs checks with an http:// address only'],
])('refuses to register %j, in plain text', async (body, message) => {
  const answer = await register(body)
  expect(answer.statusCode).toBe(400)
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(answer.body).toContain(message)
  expect((await app.inject('/v1/agent/services')).json()).toEqual({})
})

test.each([
  ['GET', '/v1/agent/service/none', 404],
  ['PUT', '/v1/agent/service/deregister/none', 404],
  ['GET', '/v1/agent/service/register', 405],
  ['DELETE', '/v1/agent/services', 405],
  ['HEAD', '/v1/agent/services', 405],
  ['GET', '/v1/health/service/', 400],
  ['GET', '/v1/health/service/web?passing=perhaps', 400],
  ['GET', '/v1/health/service/web?index=1&index=2', 400],
  ['GET', '/v1/kv/anything', 404],
] as const)('%s %s is answered with %i', async (method, url, status) => {
  expect((await app.inject({ method, url })).statusCode).toBe(status)
})

test('tells people what is registered', async () => {
  expect((await app.inject('/')).body).toContain('No service is registered.')
  await register({ Name: 'web', ID: 'w1', Address: 'localhost', Port: 80 })
  expect((await app.inject('/')).body).toMatch(/web +w1 +localhost:80 +passing/)
})

test('a question that waits is turned away when the agent closes, so that it is asked again in full', async () => {
  const { index } = await health()
  const waiting = app.inject(`/v1/health/service/web?index=${index}`)
  await app.ready()
  setImmediate(() => app.close())
  expect((await waiting).statusCode).toBe(503)
})

test('an agent started later answers at once who asks with an index of the one before', async () => {
  await register({ Name: 'web' })
  const { index } = await health()
  const later = buildDevAgent({ logger: pino({ level: 'silent' }) })
  closers.push(() => later.close())
  const answer = await later.inject(`/v1/health/service/web?index=${index}`)
  expect(answer.json()).toEqual([])
})
