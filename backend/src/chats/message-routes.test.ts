import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startBackend, temporaryFolder } from '../app.test-support.ts'

const [cid, otherCid] = ['a'.repeat(24), 'b'.repeat(24)]
const stored = JSON.stringify({ object: 'message', id: 'c'.repeat(24), cid, uid: 3, seq: 1, text: 'Hi' })
const refusal = JSON.stringify({ object: 'error', code: 4040, message: 'there is no such chat' })

let node: Server
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let backend: Awaited<ReturnType<typeof startBackend>>
const told: [cid: string, message: string][] = []

beforeAll(async () => {
  node = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const isKnown = JSON.parse(Buffer.concat(chunks).toString()).cid === cid
    response
      .writeHead(isKnown ? 201 : 404, { 'content-type': 'application/json', 'x-served-by': 'a' })
      .end(isKnown ? stored : refusal)
  })
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  const { port } = node.address() as AddressInfo
  folder = await temporaryFolder()
  backend = await startBackend({
    path: `${folder.path}/users.db`,
    nodes: [{ id: 'a', host: '127.0.0.1', port, instance: 'a' }],
    live: {
      serve() {},
      posted: (chat, message) => void told.push([chat, message.toString()]),
      trouble: undefined,
      metrics: [],
    },
  })
})
afterAll(async () => {
  await backend?.close()
  await folder?.remove()
  node?.close()
})

test('a message that a node has stored is told to the live sockets as it is answered, a refused one is not', async () => {
  const token = await backend.tokenOf('tester')
  const post = (chat: string) =>
    backend.as(token, { method: 'POST', url: `/v1/chats/${chat}/messages`, payload: { txt: 'Hi' } })
  expect((await post(cid)).body).toBe(stored)
  expect((await post(otherCid)).statusCode).toBe(404)
  expect(told).toEqual([[cid, stored]])
})
