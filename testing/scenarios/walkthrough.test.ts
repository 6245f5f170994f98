import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { signIn } from '../constellation/api-user.ts'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { waitUntil } from '../servers/wait-until.ts'

let system: Constellation
beforeAll(async () => {
  system = await startConstellation()
})
afterAll(() => system?.close())

function logLines(id: string): Record<string, unknown>[] {
  const output = (system.nodes.get(id) ?? system.backends[0])?.process.output() ?? ''
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('sign in, chat, write, read, list, on two nodes in turn, with one stopped nobody notices', async () => {
  const [backend] = system.backends
  const user = await signIn(backend?.url ?? '', 'tester')
  expect(user.userId).toBe(3)

  const chat = await user.call('POST', '/v1/chats', { users: [1, 3] })
  expect(chat.body).toMatchObject({ object: 'chat', users: [1, 3], createdAt: expect.any(Number) })
  const messages = `/v1/chats/${chat.body.id}/messages`
  const message = await user.call('POST', messages, { txt: 'Hi there' })
  expect(message.body).toMatchObject({ object: 'message', cid: chat.body.id, uid: 3, text: 'Hi there' })

  const read = await user.call('GET', messages)
  expect(read.body).toEqual({ object: 'list', data: [message.body] })
  const list = await user.call('GET', '/v1/chats')
  expect(list.body).toMatchObject({ object: 'list', data: [{ id: chat.body.id }] })

  const servedBy: Record<string, number> = {}
  for (let i = 0; i < 100; i++) {
    const answer = await user.call('GET', messages, undefined, { 'x-request-id': `walk-${i}` })
    const node = answer.headers.get('x-served-by') ?? 'nobody'
    servedBy[node] = (servedBy[node] ?? 0) + 1
  }
  expect(servedBy).toEqual({ dialogue01: 50, dialogue02: 50 })
  await waitUntil('both logs have the request ids', () => {
    const idsOf = (id: string) => new Set(logLines(id).map((line) => line.reqId))
    const [first, second, all] = [idsOf('dialogue01'), idsOf('dialogue02'), idsOf('backend1')]
    return all.has('walk-0') && all.has('walk-1') && first.has('walk-0') !== second.has('walk-0')
  })

  const node = system.nodes.get('dialogue02')
  node?.process.signal('SIGTERM')
  for (let i = 0; i < 100; i++) expect((await user.call('GET', messages)).status).toBe(200)
  await node?.process.exited
  expect(await system.passing()).toEqual(['dialogue01'])
  const said = logLines('dialogue02').map((line) => line.msg)
  const order = [
    'received the terminated call, shutting down',
    'shut down the http server',
    'disconnecting from the DB...',
    'DB connection has been closed',
  ]
  expect(said.filter((msg) => order.includes(String(msg)))).toEqual(order)
  expect((await user.call('GET', messages)).body).toEqual(read.body)
  expect((await user.call('GET', '/v1/chats')).body).toMatchObject({ data: [{ id: chat.body.id }] })
})
