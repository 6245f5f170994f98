import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import type { FastifyInstance } from 'fastify'
import { buildPageServer } from './build-page-server.ts'

let root: string
let upstream: Server
let asked: { request: IncomingMessage; body: string }[]
let answerStatus: number
let app: FastifyInstance

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'page-'))
  await mkdir(join(root, 'assets'))
  await writeFile(join(root, 'index.html'), '<title>page</title>')
  await writeFile(join(root, 'assets', 'main-abc123.js'), 'go()')
  asked = []
  answerStatus = 200
  upstream = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push({ request, body })
    response.writeHead(answerStatus, {
      'content-type': 'application/json',
      'retry-after': '0',
      'x-served-by': 'dialogue01',
    })
    response.end('{"object":"answer"}')
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const { port } = upstream.address() as AddressInfo
  app = await buildPageServer({
    logger: createLogger('test').child({}, { level: 'silent' }),
    root,
    backendUrl: `http://127.0.0.1:${port}`,
  })
})

afterEach(async () => {
  await app.close()
  upstream.closeAllConnections()
  await new Promise((resolve) => upstream.close(resolve))
  await rm(root, { recursive: true })
})

/** Where inject() is not enough: with connections that break. */
async function listen(): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 })
}

test('hashed files are kept for ever, the page itself is asked for each time', async () => {
  const page = await app.inject('/')
  expect(page.body).toBe('<title>page</title>')
  expect(page.headers['cache-control']).toBe('no-cache')
  expect(page.headers['content-security-policy']).toContain("default-src 'self'")
  const script = await app.inject('/assets/main-abc123.js')
  expect(script.body).toBe('go()')
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable')
})

test('an address with nothing behind it gets the error object', async () => {
  const answer = await app.inject('/assets/gone.js')
  expect(answer.statusCode).toBe(404)
  expect(answer.json()).toMatchObject({ object: 'error', code: 4040 })
})

test.each(['application/json', 'application/x-www-form-urlencoded'])(
  'a body of type %s goes through untouched, with the query and the answer',
  async (type) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/chats?x=%20y',
      headers: { 'content-type': type, authorization: 'Bearer t' },
      payload: '{"users": [1,  3]}',
    })
    expect(answer.json()).toEqual({ object: 'answer' })
    expect(answer.headers['x-served-by']).toBe('dialogue01')
    expect(asked[0]?.body).toBe('{"users": [1,  3]}')
    expect(asked[0]?.request.url).toBe('/v1/chats?x=%20y')
    expect(asked[0]?.request.headers).toMatchObject({ 'content-type': type, authorization: 'Bearer t' })
  },
)

test("the backend is told the client's address, whatever the client says, and one request id", async () => {
  const answer = await app.inject({
    url: '/v1/users/me',
    remoteAddress: '192.0.2.7',
    headers: { 'x-forwarded-for': '198.51.100.1', 'x-request-id': 'mine' },
  })
  expect(asked[0]?.request.headers['x-forwarded-for']).toBe('192.0.2.7')
  expect(asked[0]?.request.headers['x-request-id']).toBe('mine')
  expect(answer.headers['x-request-id']).toBe('mine')
})

test('a 503 of the backend is handed on, not asked again', async () => {
  answerStatus = 503
  const answer = await app.inject('/v1/chats')
  expect(answer.statusCode).toBe(503)
  expect(asked).toHaveLength(1)
})

test('a backend that is away is said in the error object: nothing was stored', async () => {
  upstream.closeAllConnections()
  await new Promise((resolve) => upstream.close(resolve))
  const answer = await fetch(`${await listen()}/v1/chats`, { method: 'POST', body: '{"users": [1]}' })
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ object: 'error', code: 5030 })
  expect(answer.headers.get('retry-after')).toBe('1')
})

test('an answer lost after the body was sent leaves the outcome unknown', async () => {
  upstream.removeAllListeners('request').on('request', (request) => request.socket.destroy())
  const answer = await app.inject({ method: 'POST', url: '/v1/chats', payload: { users: [1] } })
  expect(answer.json()).toMatchObject({ object: 'error', code: 5031 })
})

test('WebSockets reach the backend with their query and the address of the client', async () => {
  const upgraded = new Promise<IncomingMessage>((resolve) => {
    upstream.once('upgrade', (request, socket) => {
      socket.destroy()
      resolve(request)
    })
  })
  const handshake = get(`${await listen()}/v1/live?since=5`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
  })
  handshake.once('upgrade', (_answer, socket) => socket.destroy())
  const request = await upgraded
  expect(request.url).toBe('/v1/live?since=5')
  expect(request.headers['x-forwarded-for']).toBe('127.0.0.1')
})

test('a client that offers to upgrade and goes amid the answer ends nothing but its connection', async () => {
  await writeFile(join(root, 'assets', 'large-abc123.js'), 'x'.repeat(20_000_000))
  const { port } = new URL(await listen())
  const client = connect(Number(port), '127.0.0.1')
  const gone = once(client, 'close')
  client.write(
    'GET /assets/large-abc123.js HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
  )
  await once(client, 'data')
  client.resetAndDestroy()
  await gone
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
})
