import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { AppError, errorCodes } from './errors.ts'
import { bodyLimit, createHttpServer, saneRequestId, withoutToken } from './http-server.ts'
import { createLogger } from './logger.ts'

function build() {
  const app = createHttpServer({
    logger: createLogger('test').child({}, { level: 'silent' }),
    headers: { 'x-served-by': 'test01' },
  })
  app.post(
    '/v1/things/:id',
    { schema: { body: z.object({ name: z.string().min(1) }) } },
    async (request) => request.body,
  )
  app.post('/v1/bare', async () => ({ done: true }))
  app.get('/v1/broken', async () => {
    throw new Error('SELECT secret FROM host-7')
  })
  app.get('/v1/away', async () => {
    throw new AppError(errorCodes.storeAway, 'the store is away')
  })
  return app
}

test.each([
  [
    'malformed JSON',
    {
      method: 'POST',
      url: '/v1/things/1',
      payload: '{"name"',
      headers: { 'content-type': 'application/json' },
    },
    4000,
  ],
  [
    'an empty body',
    { method: 'POST', url: '/v1/things/1', headers: { 'content-type': 'application/json' } },
    4000,
  ],
  ['no body at all', { method: 'POST', url: '/v1/things/1' }, 4001],
  ['a wrong type', { method: 'POST', url: '/v1/things/1', payload: { name: 1 } }, 4001],
  [
    'another content type',
    { method: 'POST', url: '/v1/things/1', payload: 'x', headers: { 'content-type': 'text/plain' } },
    4150,
  ],
  ['a large body', { method: 'POST', url: '/v1/things/1', payload: { name: 'x'.repeat(bodyLimit) } }, 4130],
  ['an unknown route', { method: 'GET', url: '/v1/nothing' }, 4040],
  ['an unknown method', { method: 'DELETE', url: '/v1/things/1' }, 4050],
  ['a malformed address', { method: 'GET', url: '/v1/things/%zz' }, 4000],
  ['a fault of ours', { method: 'GET', url: '/v1/broken' }, 5000],
  ['a store away', { method: 'GET', url: '/v1/away' }, 5032],
] as const)('%s gets the error object', async (_, request, code) => {
  const answer = await build().inject(request as object)
  expect(answer.statusCode).toBe(Math.floor(code / 10))
  expect(answer.json()).toEqual({ object: 'error', code, message: expect.any(String) })
  expect(answer.body).not.toMatch(/SELECT|host-7/)
  expect(answer.headers['x-request-id']).toBeTruthy()
  expect(answer.headers['x-served-by']).toBe('test01')
  expect(answer.headers['retry-after']).toBe(code >= 5030 ? '1' : undefined)
})

test('a body that curl calls a form is read as JSON', async () => {
  const answer = await build().inject({
    method: 'POST',
    url: '/v1/things/1',
    payload: '{"name":"a","more":1}',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect(answer.json()).toEqual({ name: 'a' })
})

test.each(['application/json', 'application/x-www-form-urlencoded'])(
  'where no body is wanted an empty one of type %s is none',
  async (type) => {
    const answer = await build().inject({
      method: 'POST',
      url: '/v1/bare',
      headers: { 'content-type': type },
    })
    expect(answer.json()).toEqual({ done: true })
  },
)

test("the caller's own request id is kept when it is sane", async () => {
  const own = await build().inject({ url: '/v1/broken', headers: { 'x-request-id': 'abc-1' } })
  expect(own.headers['x-request-id']).toBe('abc-1')
  expect(saneRequestId('two words')).toBeUndefined()
  expect(saneRequestId('x'.repeat(129))).toBeUndefined()
})

test('a token in a query never reaches the log', () => {
  expect(withoutToken('/v1/news?token=abc.def&limit=1')).toBe('/v1/news?token=[cut]&limit=1')
})

test('a method that is not taken is told with those that are', async () => {
  const answer = await build().inject({ method: 'DELETE', url: '/v1/things/1' })
  expect(answer.headers.allow).toBe('POST')
})

test('what is no HTTP gets the error object and the headers of every answer', async () => {
  const app = build()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('this is no request\r\n\r\n')
  const answer = await text(socket)
  await app.close()
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  expect(answer).toMatch(/\r\nx-api-version: \d/)
  expect(answer).toMatch(/\r\nx-request-id: [\w-]{36}\r\n/)
  expect(answer).toContain('{"object":"error","code":4000,')
})

test('connections that have sent nothing, half a head or half a body do not keep it from closing', async () => {
  const app = build()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const head = 'POST /v1/bare HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n'
  const closed: Promise<unknown>[] = []
  for (const sent of ['', head, `${head}Content-Length: 9\r\n\r\n{`]) {
    const accepted = once(app.server, 'connection')
    const socket = connect(port, '127.0.0.1').resume()
    closed.push(once(socket, 'close'))
    socket.write(sent)
    await accepted
  }
  await app.close()
  await Promise.all(closed)
})
