import { EventEmitter, once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import { DialogueClient, type DialogueRequest } from './dialogue-client.ts'
import { NodeList } from './node-list.ts'

const logger = createLogger('test').child({}, { level: 'silent' })
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const read: DialogueRequest = { method: 'GET', path: '/chats?uid=3', requestId: 'r' }
const write: DialogueRequest = { method: 'POST', path: '/messages', body: { txt: 'x' }, requestId: 'r' }

/** A node that does as it is told, and counts what it sees. */
async function startNode(id: string, listener: RequestListener) {
  const seen: string[] = []
  const server: Server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  closers.push(stop)
  const { port } = server.address() as AddressInfo
  return { instance: { id, host: '127.0.0.1', port, instance: id }, seen, stop }
}

const answering =
  (id: string, status: number, body: string): RequestListener =>
  (request, response) => {
    request.resume()
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'x-served-by': id })
      .end(body)
  }
const good = (id: string) => answering(id, 200, '{"object":"list","data":[]}')
const failing = (id: string, code: number) =>
  answering(id, Math.floor(code / 10), `{"object":"error","code":${code},"message":"no"}`)
const resetting: RequestListener = (request) => request.socket.destroy()
const truncated: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100, 'x-served-by': 'x' })
  response.write('{"object":"list"')
  setImmediate(() => response.destroy())
}
const garbage: RequestListener = (_request, response) => response.end('<html>hello</html>')

function clientOf(...nodes: { instance: { id: string; host: string; port: number; instance: string } }[]) {
  const list = new NodeList({ logger, initial: nodes.map((node) => node.instance) })
  const suspects: string[] = []
  const client = new DialogueClient({
    nodes: list,
    token: 't',
    logger,
    onSuspect: (node) => suspects.push(node.id),
  })
  closers.push(() => client.close())
  return { client, list, suspects }
}

test('takes the nodes in turn', async () => {
  const [a, b] = [await startNode('a', good('a')), await startNode('b', good('b'))]
  const { client } = clientOf(a, b)
  for (let i = 0; i < 100; i++) await client.send(read)
  expect([a.seen.length, b.seen.length]).toEqual([50, 50])
})

test.each([
  ['refuses connections', undefined],
  ['resets the connection', resetting],
  ['truncates its answers', truncated],
] as const)('a node that %s is suspect at once, and no request fails', async (_, listener) => {
  const bad = await startNode('bad', listener ?? good('bad'))
  if (!listener) bad.stop()
  const { client, list, suspects } = clientOf(bad, await startNode('b', good('b')))
  for (let i = 0; i < 20; i++) expect((await client.send(i % 2 ? write : read)).servedBy).toBe('b')
  expect(suspects).toEqual(['bad'])
  expect(bad.seen.length).toBeLessThanOrEqual(1)
  expect(list.nodes.find((node) => node.id === 'bad')?.health.state.kind).toBe('suspect')
})

test.each([
  ['503 to everything', failing('bad', 5030)],
  ['500 to everything', failing('bad', 5000)],
  ['garbage to everything', garbage],
] as const)(
  'a node that answers %s is ejected while others answer well, and no request fails',
  async (_, listener) => {
    const bad = await startNode('bad', listener)
    const { client, list } = clientOf(bad, await startNode('b', good('b')), await startNode('c', good('c')))
    for (let i = 0; i < 60; i++) expect((await client.send(read)).status).toBe(200)
    expect(list.nodes.find((node) => node.id === 'bad')?.health.state.kind).toBe('ejected')
    expect(bad.seen).toHaveLength(5)
  },
)

test('when all say that the store is away nobody is ejected and the caller learns it', async () => {
  const nodes = [await startNode('a', failing('a', 5032)), await startNode('b', failing('b', 5032))]
  const { client, list } = clientOf(...nodes)
  for (let i = 0; i < 30; i++)
    await expect(client.send(write)).rejects.toMatchObject({ code: 5032, retryAfterS: 1 })
  expect(list.nodes.every((node) => node.health.state.kind === 'healthy')).toBe(true)
})

test('the only node left is asked again: it may have been short of time', async () => {
  let asked = 0
  const busy = await startNode('busy', (request, response) =>
    (asked++ === 0 ? failing('busy', 5032) : good('busy'))(request, response),
  )
  const gone = await startNode('gone', good('gone'))
  gone.stop()
  const { client } = clientOf(busy, gone)
  expect(await client.send(write)).toMatchObject({ status: 200, servedBy: 'busy' })
  expect(busy.seen).toHaveLength(2)
})

test('a late answer does not make the node suspect that answers others meanwhile', async () => {
  const slow = await startNode('slow', (request, response) => {
    if (request.url !== '/hangs') good('slow')(request, response)
  })
  const { client, list, suspects } = clientOf(slow)
  const hanging = expect(client.send({ ...read, path: '/hangs' })).rejects.toMatchObject({ code: 5030 })
  const over = { yet: false }
  const answers: number[] = []
  void hanging.finally(() => {
    over.yet = true
  })
  while (!over.yet) answers.push((await client.send(read)).status)
  await hanging
  expect(answers.filter((status) => status !== 200)).toEqual([])
  expect(suspects).toEqual([])
  expect(list.nodes[0]?.health.state.kind).toBe('healthy')
})

test('the answer of a node that is late counts when it comes before that of the next', async () => {
  const events = new EventEmitter()
  const [nextAsked, nextEnded] = [once(events, 'next asked'), once(events, 'next ended')]
  const asked: string[] = []
  const lateOrHanging = (id: string): RequestListener =>
    async function listen(request, response) {
      asked.push(id)
      if (asked.length === 1) {
        await nextAsked
        good(id)(request, response)
      } else {
        request.socket.once('close', () => events.emit('next ended'))
        events.emit('next asked')
      }
    }
  const nodes = await Promise.all(['a', 'b'].map((id) => startNode(id, lateOrHanging(id))))
  const { client, list, suspects } = clientOf(...nodes)
  const { servedBy } = await client.send(write)
  await nextEnded
  expect(asked).toHaveLength(2)
  expect(servedBy).toBe(asked[0])
  // Whose attempt was ended because of it has done nothing wrong.
  expect(suspects).toEqual([asked[0]])
  expect(list.nodes.find((node) => node.id === asked[1])?.counts.failures).toBe(0)
})

test('an attempt that is late is ended once another node has answered', async () => {
  const events = new EventEmitter()
  const ended = once(events, 'ended')
  const hanging = await startNode('hanging', ({ socket }) => socket.once('close', () => events.emit('ended')))
  const { client } = clientOf(hanging, await startNode('b', good('b')))
  // Two requests, as either node may be the first to be asked.
  for (let i = 0; i < 2; i++) expect((await client.send(write)).servedBy).toBe('b')
  await ended
})

test('a request is tried on three nodes at most, each once', async () => {
  const nodes = await Promise.all(['a', 'b', 'c', 'd'].map((id) => startNode(id, failing(id, 5000))))
  const { client } = clientOf(...nodes)
  await expect(client.send(read)).rejects.toMatchObject({ code: 5030 })
  expect(nodes.map((node) => node.seen.length).sort()).toEqual([0, 1, 1, 1])
})

test('retries of sent requests stop when the budget is used up', async () => {
  const nodes = await Promise.all(['a', 'b', 'c'].map((id) => startNode(id, failing(id, 5030))))
  const { client } = clientOf(...nodes)
  const requests = 1_000
  for (let i = 0; i < requests; i++) await client.send(read).catch(() => {})
  const attempts = nodes.reduce((sum, node) => sum + node.seen.length, 0)
  expect(attempts).toBeGreaterThan(requests)
  expect(attempts).toBeLessThanOrEqual(requests * 1.2 + 100)
})

test('a write that may have been stored somewhere ends as outcome unknown, a read never does', async () => {
  const { client } = clientOf(await startNode('a', resetting))
  await expect(client.send(write)).rejects.toMatchObject({ code: 5031 })
  const other = clientOf(await startNode('a', resetting))
  await expect(other.client.send(read)).rejects.toMatchObject({ code: 5030 })
})

test('with no node at all the answer is 5030 with Retry-After', async () => {
  const { client } = clientOf()
  await expect(client.send(write)).rejects.toMatchObject({ code: 5030, retryAfterS: 1 })
})

test('a refusal by a node is an answer, not a failure', async () => {
  const { client } = clientOf(await startNode('a', failing('a', 4040)))
  expect(await client.send(read)).toMatchObject({ status: 404, servedBy: 'a' })
})

test('a node that passes probes yet hangs is ejected, and the budget lasts', async () => {
  const hanging = await startNode('hanging', (request) => request.resume())
  const { client, list } = clientOf(hanging, await startNode('b', good('b')))
  const health = list.nodes.find((node) => node.id === 'hanging')?.health
  for (let round = 0; round < 2; round++) {
    health?.probePassed(performance.now())
    const answers = await Promise.all(Array.from({ length: 40 }, () => client.send(write)))
    expect(answers.map((answer) => answer.servedBy)).toEqual(Array(40).fill('b'))
  }
  expect(health?.state.kind).toBe('ejected')
})

test('a part of the store that is away ejects nobody', async () => {
  const halfAway = (id: string): RequestListener => {
    const [away, well] = [failing(id, 5032), good(id)]
    return (request, response) => (request.url === '/away' ? away : well)(request, response)
  }
  const nodes = [await startNode('a', halfAway('a')), await startNode('b', halfAway('b'))]
  const { client, list } = clientOf(...nodes)
  for (let i = 0; i < 30; i++) {
    await expect(client.send({ ...read, path: '/away' })).rejects.toMatchObject({ code: 5032 })
    expect((await client.send(read)).status).toBe(200)
  }
  expect(list.nodes.map((node) => node.health.state.kind)).toEqual(['healthy', 'healthy'])
})

test("a node that refuses our own token is none of the user's business", async () => {
  const { client } = clientOf(await startNode('bad', failing('bad', 4011)), await startNode('b', good('b')))
  for (let i = 0; i < 20; i++) expect((await client.send(read)).servedBy).toBe('b')
})

test('a new run at an old address gets connections of its own', async () => {
  let used = new Set<object>()
  const a = await startNode('a', (request, response) => {
    used.add(request.socket)
    good('a')(request, response)
  })
  const { client, list } = clientOf(a)
  const usedBy = async (instance: string) => {
    used = new Set()
    list.apply([{ ...a.instance, instance }])
    for (let i = 0; i < 5; i++) await client.send(read)
    return used
  }
  const [before, same, after] = [await usedBy('run-1'), await usedBy('run-1'), await usedBy('run-2')]
  const shared = (sockets: Set<object>) => [...sockets].filter((socket) => before.has(socket)).length
  expect(shared(same)).toBeGreaterThan(0)
  expect(shared(after)).toBe(0)
})

test('a node that ends its connection is asked at once whether it drains, and its answer is good', async () => {
  const leaving = await startNode('a', (request, response) => {
    response.setHeader('connection', 'close')
    good('a')(request, response)
  })
  const { client, list, suspects } = clientOf(leaving)
  expect(await client.send(read)).toMatchObject({ status: 200, servedBy: 'a' })
  expect(suspects).toEqual(['a'])
  // Somebody in between may end connections as well.
  expect(list.nodes[0]?.health.state.kind).toBe('healthy')
})
