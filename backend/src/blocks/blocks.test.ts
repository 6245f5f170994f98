import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { InjectOptions } from 'fastify'
import { startBackend, temporaryFolder } from '../app.test-support.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let backend: Awaited<ReturnType<typeof startBackend>>
const told: [number, number][] = []
let tokens: Record<'janitor' | 'tester', string>
beforeAll(async () => {
  folder = await temporaryFolder()
  backend = await startBackend({
    path: `${folder.path}/users.db`,
    onBlock: (uid, blockedId) => told.push([uid, blockedId]),
  })
  tokens = { janitor: await backend.tokenOf('janitor'), tester: await backend.tokenOf('tester') }
})
afterAll(async () => {
  await backend.close()
  await folder.remove()
})

const ask = async (
  who: 'janitor' | 'tester',
  method: InjectOptions['method'],
  url: string,
  payload?: object,
) => (await backend.as(tokens[who], { method: method ?? 'GET', url, ...(payload ? { payload } : {}) })).json()
const [janitor, tester] = [1, 3]

test('who is blocked can neither follow nor start a chat, until unblocked', async () => {
  await ask('tester', 'POST', `/v1/friends/${janitor}`)
  const blocked = await ask('janitor', 'POST', `/v1/blocks/${tester}`)
  expect(blocked).toMatchObject({ object: 'user', id: tester, isFriend: false })
  expect(told).toEqual([[janitor, tester]])
  expect((await ask('tester', 'GET', '/v1/friends')).data).toEqual([])
  expect(await ask('janitor', 'GET', '/v1/blocks')).toEqual({ object: 'list', data: [blocked] })
  expect((await ask('tester', 'GET', '/v1/blocks')).data).toEqual([])

  expect((await ask('tester', 'POST', `/v1/friends/${janitor}`)).code).toBe(4031)
  const chat = { users: [janitor, 2] }
  const refused = await ask('tester', 'POST', '/v1/chats', chat)
  expect(refused).toMatchObject({ code: 4031, message: expect.stringContaining('1') })

  expect(await ask('janitor', 'DELETE', `/v1/blocks/${tester}`)).toMatchObject({ id: tester })
  expect((await ask('janitor', 'GET', '/v1/blocks')).data).toEqual([])
  expect(await ask('tester', 'POST', `/v1/friends/${janitor}`)).toMatchObject({ id: janitor, isFriend: true })
  // There is no dialogue node here: the request has come as far as that.
  expect((await ask('tester', 'POST', '/v1/chats', chat)).code).toBe(5030)
})

test('nobody blocks themselves or nobody', async () => {
  for (const method of ['POST', 'DELETE'] as const) {
    expect((await ask('tester', method, `/v1/blocks/${tester}`)).code).toBe(4001)
    expect((await ask('tester', method, '/v1/blocks/987654')).code).toBe(4040)
    expect((await ask('tester', method, '/v1/blocks/x')).code).toBe(4001)
  }
  expect(told).toHaveLength(1)
})
