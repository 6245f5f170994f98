import { createServer, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'
import { type FaultMode, type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { freePort } from './free-port.ts'
import { listenOn } from './listen-on.ts'
import { waitUntil } from './wait-until.ts'

const body = 'b'.repeat(1_000)

/** Method, path and length of the body of what the target was asked. */
let asked: string[]
let target: Server
let proxy: FaultProxy
let agent: Agent
let clients: Client[]

beforeEach(async () => {
  asked = []
  clients = []
  target = createServer((request, response) => {
    // Answers are compared, and may come in two different seconds.
    response.sendDate = false
    let received = 0
    request.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${received}`)
      if (request.url !== '/never') response.end(request.url?.startsWith('/ping') ? 'pong' : body)
    })
  })
  proxy = await startFaultProxy({ target: await listenOn(target, { host: '127.0.0.1', port: 0 }) })
  agent = new Agent({ connections: 1 })
})

afterEach(async () => {
  for (const { socket } of clients) socket.destroy()
  await agent.destroy()
  await proxy.close()
  target.closeAllConnections()
  await new Promise((resolve) => target.close(resolve))
})

async function get(path: string): Promise<string> {
  const answer = await agent.request({ origin: `http://127.0.0.1:${proxy.port}`, path, method: 'GET' })
  return `${answer.statusCode} ${await answer.body.text()}`
}

/** A client of plain TCP: what it has seen. */
interface Client {
  readonly socket: Socket
  text(): string
  /** How the other side ended it so far. */
  ended(): 'open' | 'fin' | 'closed' | 'reset'
  ask(path: string): void
}

async function openClient(): Promise<Client> {
  const socket = connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true })
  let text = ''
  let ended: ReturnType<Client['ended']> = 'open'
  socket.on('data', (chunk) => {
    text += chunk.toString()
  })
  socket.on('end', () => {
    ended = 'fin'
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    ended = error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : ended
  })
  socket.on('close', () => {
    if (ended !== 'reset') ended = 'closed'
  })
  // A connection that is reset at once may never say 'connect'.
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
  const client: Client = {
    socket,
    text: () => text,
    ended: () => ended,
    ask: (path) => void socket.write(`GET ${path} HTTP/1.1\r\nhost: target\r\n\r\n`),
  }
  clients.push(client)
  return client
}

/** One that has had an answer, so it exists on both sides. */
async function openUsedClient(): Promise<Client> {
  const client = await openClient()
  client.ask('/used')
  await waitUntil('the first answer', () => client.text().endsWith(body))
  return client
}

const until = (client: Client, end: ReturnType<Client['ended']>) =>
  waitUntil(`the client sees: ${end}`, () => client.ended() === end)

describe('a proxy that passes', () => {
  test('carries requests and answers of any size, over one connection', async () => {
    const sizes = [0, 1, 3_000_000]
    for (const size of sizes) {
      const options = { origin: `http://127.0.0.1:${proxy.port}`, path: '/', method: 'POST' } as const
      const answer = await agent.request({ ...options, body: 'a'.repeat(size) })
      expect(await answer.body.text()).toBe(body)
    }
    expect(asked).toEqual(sizes.map((size) => `POST / ${size}`))
  })

  test('passes a FIN on in either direction', async () => {
    const client = await openUsedClient()
    client.socket.end()
    await until(client, 'closed')
    const other = await openUsedClient()
    target.closeIdleConnections()
    await until(other, 'fin')
  })

  test('resets clients when the target cannot be reached, and finds it where it is set to', async () => {
    const before = { host: '127.0.0.1', port: (target.address() as { port: number }).port }
    proxy.setTarget({ host: '127.0.0.1', port: await freePort() })
    await until(await openClient(), 'reset')
    proxy.setTarget(before)
    expect(await get('/')).toBe(`200 ${body}`)
  })

  test('resets clients when the target resets', async () => {
    const client = await openUsedClient()
    client.ask('/never')
    await waitUntil('the target was asked', () => asked.length === 2)
    target.once('request', (request) => request.socket.resetAndDestroy())
    const other = await openClient()
    other.ask('/reset')
    await until(other, 'reset')
    expect(client.ended()).toBe('open')
  })

  test('leaves nothing open when it is closed', async () => {
    const client = await openUsedClient()
    client.ask('/never')
    await proxy.close()
    await until(client, 'reset')
    await waitUntil('the target has no connection', () => connections().then((count) => count === 0))
    await expect(get('/')).rejects.toThrow('ECONNREFUSED')
    proxy = await startFaultProxy({ target: { host: '127.0.0.1', port: 1 } })
  })
})

function connections(): Promise<number> {
  return new Promise((resolve, reject) =>
    target.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  )
}

test('reset: existing connections at once, new ones when they send', async () => {
  const existing = await openUsedClient()
  proxy.setMode({ kind: 'reset' })
  await until(existing, 'reset')
  const fresh = await openClient()
  fresh.ask('/')
  await until(fresh, 'reset')
  await expect(get('/')).rejects.toThrow()
  expect(asked).toEqual(['GET /used 0'])
  proxy.setMode({ kind: 'pass' })
  expect(await get('/')).toBe(`200 ${body}`)
})

describe('blackhole', () => {
  test('swallows what goes either way and keeps connections open', async () => {
    const existing = await openUsedClient()
    const waiting = await openClient()
    waiting.ask('/never')
    await waitUntil('the target was asked', () => asked.length === 2)
    proxy.setMode({ kind: 'blackhole' })
    const fresh = await openClient()
    fresh.ask('/')
    existing.ask('/')
    target.closeAllConnections()
    const answer = agent.request({
      origin: `http://127.0.0.1:${proxy.port}`,
      path: '/',
      method: 'GET',
      headersTimeout: 300,
    })
    await expect(answer).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' })
    expect([existing, waiting, fresh].map((client) => client.ended())).toEqual(['open', 'open', 'open'])
    expect(asked).toHaveLength(2)
  })

  test('that ends resets the connections that lost bytes, and the others go on', async () => {
    const silent = await openUsedClient()
    const torn = await openUsedClient()
    proxy.setMode({ kind: 'blackhole' })
    torn.ask('/')
    const fresh = await openClient()
    await Promise.all([torn, fresh].map((client) => sent(client)))
    proxy.setMode({ kind: 'pass' })
    await until(torn, 'reset')
    await until(fresh, 'reset')
    silent.ask('/again')
    await waitUntil('the second answer', () => silent.text().split(body).length === 3)
    expect(await get('/')).toBe(`200 ${body}`)
  })
})

/** Waits until what the client wrote must have reached the proxy: a later round trip over the proxy's own port. */
async function sent(client: Client): Promise<void> {
  await waitUntil('all is written', () => client.socket.writableLength === 0)
  const later = await openClient()
  later.socket.destroy()
}

describe('latency', () => {
  test('answers come later', async () => {
    const [slow, quick] = [await openUsedClient(), await openUsedClient()]
    const answers: string[] = []
    for (const [name, client] of Object.entries({ slow, quick })) {
      client.socket.on('data', () => answers.push(name))
    }
    proxy.setMode({ kind: 'latency', ms: 500 })
    slow.ask('/')
    await waitUntil('the target was asked', () => asked.length === 3)
    await sent(slow)
    proxy.setMode({ kind: 'latency', ms: 1 })
    quick.ask('/')
    await waitUntil('both answers', () => answers.length === 2)
    expect(answers).toEqual(['quick', 'slow'])
  })

  test('that ends lets through what still waits, before what comes after', async () => {
    proxy.setMode({ kind: 'latency', ms: 600_000 })
    const waiting = get('/')
    await waitUntil('the target was asked', () => asked.length === 1)
    target.closeIdleConnections()
    proxy.setMode({ kind: 'pass' })
    expect(await waiting).toBe(`200 ${body}`)
  })
})

describe.each(['truncate', 'half-close'] as const)('%s', (kind) => {
  const afterBytes = 300

  test('cuts each answer after so many bytes of it', async () => {
    const existing = await openUsedClient()
    const firstAnswer = existing.text()
    proxy.setMode({ kind, afterBytes })
    existing.ask('/')
    await until(existing, 'fin')
    expect(existing.text()).toHaveLength(firstAnswer.length + afterBytes)
    const fresh = await openClient()
    fresh.ask('/')
    await until(fresh, 'fin')
    expect(fresh.text()).toBe(existing.text().slice(firstAnswer.length))
    await expect(get('/')).rejects.toThrow()
    proxy.setMode({ kind: 'pass' })
    expect(await get('/')).toBe(`200 ${body}`)
  })

  test('leaves answers that are shorter alone', async () => {
    proxy.setMode({ kind, afterBytes: 5_000 })
    expect(await get('/')).toBe(`200 ${body}`)
    expect(await get('/')).toBe(`200 ${body}`)
  })

  test(kind === 'truncate' ? 'takes no more bytes' : 'reads on without an answer', async () => {
    proxy.setMode({ kind, afterBytes })
    const client = await openClient()
    client.ask('/')
    await until(client, 'fin')
    if (kind === 'truncate') {
      await waitUntil('the client is refused', () => {
        client.ask('/')
        return client.ended() === 'reset'
      })
    } else {
      client.socket.write('a'.repeat(20_000_000))
      await waitUntil('all is read', () => client.socket.writableLength === 0)
      expect(client.ended()).toBe('fin')
      expect(asked).toEqual(['GET / 0'])
      proxy.setMode({ kind: 'reset' })
      await waitUntil('the client is refused', () => {
        client.ask('/')
        return client.ended() === 'reset'
      })
    }
  })
})

test('lose-answer: the request is done, its client reset', async () => {
  const existing = await openUsedClient()
  proxy.setMode({ kind: 'lose-answer' })
  existing.ask('/existing')
  await until(existing, 'reset')
  const post = agent.request({
    origin: `http://127.0.0.1:${proxy.port}`,
    path: '/new',
    method: 'POST',
    body: 'a'.repeat(1_000_000),
  })
  await expect(post).rejects.toThrow()
  expect(asked).toEqual(['GET /used 0', 'GET /existing 0', 'POST /new 1000000'])
  expect(existing.text().split(body)).toHaveLength(2)
  proxy.setMode({ kind: 'pass' })
  expect(await get('/')).toBe(`200 ${body}`)
})

test('close-idle: a connection nothing goes over is closed, one that waits for its answer is not', async () => {
  const existing = await openUsedClient()
  const waiting = await openClient()
  waiting.ask('/never')
  await waitUntil('the target was asked', () => asked.length === 2)
  proxy.setMode({ kind: 'close-idle', afterMs: 50 })
  await until(existing, 'fin')
  await until(await openClient(), 'fin')
  expect(waiting.ended()).toBe('open')
  expect(await get('/')).toBe(`200 ${body}`)
})

describe('answer', () => {
  const mode: FaultMode = {
    kind: 'answer',
    status: 503,
    contentType: 'text/plain',
    body: 'go away',
    except: ['/ping'],
  }

  test('answers every request itself but those excepted, on old and new connections, and stops', async () => {
    expect(await get('/')).toBe(`200 ${body}`)
    const existing = await openUsedClient()
    proxy.setMode(mode)
    expect(await get('/a?b=c')).toBe('503 go away')
    expect(await get('/ping?x')).toBe('200 pong')
    existing.ask('/')
    await waitUntil('the answer', () => existing.text().includes('go away'))
    expect(existing.text()).toContain('HTTP/1.1 503')
    expect(asked).toEqual(['GET / 0', 'GET /used 0', 'GET /ping?x 0'])
    proxy.setMode({ kind: 'pass' })
    expect(await get('/')).toBe(`200 ${body}`)
    existing.ask('/')
    await waitUntil('the second answer', () => existing.text().endsWith(body))
    expect(existing.ended()).toBe('open')
  })

  test('lets the target finish what it was asked before', async () => {
    const waiting = await openUsedClient()
    target.removeAllListeners('request')
    const answering = new Promise<() => void>((resolve) =>
      target.once('request', (_, response) => resolve(() => response.end('at last'))),
    )
    waiting.ask('/slow')
    const answer = await answering
    proxy.setMode(mode)
    answer()
    await waitUntil('the answer', () => waiting.text().endsWith('at last'))
    waiting.ask('/')
    await waitUntil('the next answer', () => waiting.text().endsWith('go away'))
  })

  test('passes excepted posts on whole, and breaks off when the target does', async () => {
    proxy.setMode(mode)
    const options = { origin: `http://127.0.0.1:${proxy.port}`, path: '/ping', method: 'POST' } as const
    const answer = await agent.request({ ...options, body: 'a'.repeat(1_000_000) })
    expect(await answer.body.text()).toBe('pong')
    expect(asked).toEqual(['POST /ping 1000000'])
    proxy.setTarget({ host: '127.0.0.1', port: await freePort() })
    await expect(get('/ping')).rejects.toThrow()
  })
})

describe('admission', () => {
  test('resets those refused, also those that were let in before, and no others', async () => {
    const [refused, admitted] = [await openUsedClient(), await openUsedClient()]
    const port = refused.socket.localPort
    proxy.setAdmission(async (remotePort) => remotePort !== port)
    await until(refused, 'reset')
    admitted.ask('/')
    await waitUntil('the second answer', () => admitted.text().split(body).length === 3)
    expect(await get('/')).toBe(`200 ${body}`)
    proxy.setAdmission(() => false)
    await until(admitted, 'reset')
    await until(await openClient(), 'reset')
    proxy.setAdmission(() => true)
    expect(await get('/')).toBe(`200 ${body}`)
  })

  test('that is undecided lets nothing pass', async () => {
    const decisions: ((admitted: boolean) => void)[] = []
    proxy.setAdmission(() => new Promise((resolve) => decisions.push(resolve)))
    const client = await openClient()
    client.ask('/')
    await sent(client)
    expect(asked).toEqual([])
    for (const decide of decisions) decide(true)
    await waitUntil('the answer', () => client.text().endsWith(body))
    proxy.setAdmission(() => Promise.reject(new Error('cannot tell')))
    await until(client, 'reset')
  })
})
