import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type ApiUser, signIn } from '../constellation/api-user.ts'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { followLive, type LiveFollower } from '../load/follow-live.ts'
import { connectLive } from '../load/live-client.ts'
import { startProcess } from '../servers/child-process.ts'
import { repositoryRoot } from '../servers/repository-root.ts'
import { waitUntil } from '../servers/wait-until.ts'

// Two backends of the embedded form: who writes is on one, who reads on the other.

let system: Constellation
let followers: LiveFollower[]
beforeEach(async () => {
  followers = []
  system = await startConstellation({ backends: 2 })
})
afterEach(async () => {
  await Promise.all(followers.map((follower) => follower.stop()))
  await system?.close()
})

const urls = () => system.backends.map(({ url }) => url)
const urlOf = (index: number) => urls()[index] ?? ''

function follow(user: ApiUser, first: number, has?: Record<string, number>): LiveFollower {
  const follower = followLive({ backends: urls, token: user.token, first, ...(has ? { has } : {}) })
  followers.push(follower)
  return follower
}

async function startChat(user: ApiUser, users: number[]): Promise<string> {
  const { status, body } = await user.call('POST', '/v1/chats', { users })
  expect(status).toBe(201)
  return body.id
}

/** Writes until it is acknowledged, each text under a key of its own. */
async function write(user: ApiUser, cid: string, text: string): Promise<void> {
  await waitUntil(`${text} is acknowledged`, async () => {
    const key = { 'idempotency-key': text }
    return (await user.call('POST', `/v1/chats/${cid}/messages`, { txt: text }, key)).status === 201
  })
}

async function hasSeenAll(follower: LiveFollower, user: ApiUser, cid: string): Promise<void> {
  const { body } = await user.call('GET', `/v1/chats/${cid}/messages?limit=1`)
  const last = body.data[0]?.seq ?? 0
  await waitUntil(`entry ${last}`, () => (follower.seen.get(cid)?.at(-1) ?? 0) >= last)
  expect(follower.seen.get(cid)).toEqual(Array.from({ length: last }, (_, i) => i + 1))
}

test('each entry once and in order: across backends, cuts, a killed backend and a killed bus', async () => {
  const [tester, janitor] = [await signIn(urlOf(0), 'tester'), await signIn(urlOf(1), 'janitor')]
  const cid = await startChat(tester, [1, 3])
  const readers = [follow(janitor, 1, { [cid]: 0 }), follow(tester, 0, { [cid]: 0 })]
  await waitUntil('both are there', () => readers.every(({ isReady }) => isReady))

  const phase = async (name: string, meanwhile: () => Promise<void> | void) => {
    const written = (async () => {
      for (let i = 0; i < 20; i++) await write(tester, cid, `${name}-${i}`)
    })()
    await Promise.all([written, meanwhile()])
    for (const reader of readers) await hasSeenAll(reader, tester, cid)
  }
  await phase('calm', () => {})
  await phase('cut', async () => {
    for (let i = 0; i < 5; i++) {
      const [reader] = readers
      reader?.cut()
      await waitUntil('it is back', () => reader?.isReady)
    }
  })
  await phase('bus', async () => {
    await system.bus.kill()
    await system.bus.startAgain()
  })
  await phase('backend', async () => {
    system.backends[1]?.process.signal('SIGKILL')
    await system.startBackendAgain(1)
  })
  await phase('node', () => system.nodes.get('dialogue01')?.process.signal('SIGKILL'))
  expect(readers[0]?.connects).toBeGreaterThan(5)
})

test('edits, deletions, members, marks, typing, presence and news come from the other backend', async () => {
  const [tester, janitor] = [await signIn(urlOf(0), 'tester'), await signIn(urlOf(1), 'janitor')]
  const cid = await startChat(tester, [1, 3])
  const reader = follow(janitor, 1)
  const writer = await connectLive(urlOf(0), tester.token)
  const of = (type: string) => reader.frames.filter((frame) => frame.type === type)
  await waitUntil('ready', () => reader.isReady && writer.frames.length > 0)
  await waitUntil('presence', () => of('presence').some(({ uid, online }) => uid === 3 && online))

  const message = (await tester.call('POST', `/v1/chats/${cid}/messages`, { txt: 'first' })).body
  await waitUntil('the message', () => of('message').length === 1)
  writer.send({ type: 'typing', cid })
  writer.send({ type: 'read', cid, seq: message.seq })
  await waitUntil('typing', () => of('typing').some(({ uid }) => uid === 3))
  await waitUntil('the mark', () => of('read').some(({ uid, seq }) => uid === 3 && seq === message.seq))

  const path = `/v1/chats/${cid}/messages/${message.id}`
  expect((await tester.call('PUT', path, { txt: 'second' })).status).toBe(200)
  await waitUntil('the edit', () => of('edited').length === 1)
  expect(of('edited')[0]?.message).toMatchObject({ id: message.id, text: 'second' })
  expect((await tester.call('DELETE', path)).status).toBe(200)
  await waitUntil('the deletion', () => of('deleted').some(({ id }) => id === message.id))

  await janitor.call('POST', '/v1/friends/3')
  await waitUntil('news', async () => {
    await tester.call('POST', '/v1/news', { text: 'hear me' })
    return of('news').some(({ event }) => event?.message === 'hear me')
  })

  const { body: chat } = await tester.call('PUT', `/v1/chats/${cid}`, { users: [1, 2, 3] })
  expect(chat.users).toEqual([1, 2, 3])
  await waitUntil('the change of members', () => of('members').length === 1)
  writer.close()
})

test('who is removed gets nothing more, who is added gets the chat', async () => {
  const [tester, janitor] = [await signIn(urlOf(0), 'tester'), await signIn(urlOf(1), 'janitor')]
  const cid = await startChat(tester, [1, 2, 3])
  const added = follow(await signIn(urlOf(1), 'madscie'), 1)
  const removed = follow(janitor, 1)
  await waitUntil('ready', () => added.isReady && removed.isReady)
  await write(tester, cid, 'one')
  await waitUntil(
    'both have it',
    () => added.seen.get(cid)?.length === 1 && removed.seen.get(cid)?.length === 1,
  )
  expect((await tester.call('PUT', `/v1/chats/${cid}`, { users: [2, 3] })).status).toBe(200)
  await write(tester, cid, 'two')
  await waitUntil('the one who stays has it', () => added.seen.get(cid)?.at(-1) === 3)
  expect(removed.seen.get(cid)).toEqual([1, 2])
})

test('a token that ends on one backend closes the sockets on the other', async () => {
  const user = await signIn(urlOf(0), 'madscie')
  const connection = await connectLive(urlOf(1), user.token)
  await waitUntil('ready', () => connection.frames.length > 0)
  await user.call('POST', '/v1/auth/sign-out')
  expect((await connection.closed).code).toBe(4401)
})

test('a backend without its bus is not ready and says why; a stopped one tells clients when to come back', async () => {
  const user = await signIn(urlOf(0), 'tester')
  const connection = await connectLive(urlOf(0), user.token)
  await waitUntil('ready', () => connection.frames.length > 0)
  await system.bus.kill()
  const ready = async () => (await fetch(`${urlOf(0)}/health/ready`)).status
  await waitUntil('not ready', async () => (await ready()) === 503)
  const answer = await fetch(`${urlOf(0)}/health/ready`)
  expect(((await answer.json()) as { message: string }).message).toMatch(/chatEvents/)
  await system.bus.startAgain()
  await waitUntil('ready again', async () => (await ready()) === 200)
  system.backends[0]?.process.signal('SIGTERM')
  expect((await connection.closed).code).toBe(1012)
  expect(connection.frames.at(-1)?.retryAfterMs).toBeGreaterThan(0)
  expect(await system.backends[0]?.process.exited).toBe(0)
})

test("README's script prints messages as they come, also after its backend was killed", async () => {
  const readme = await readFile(join(repositoryRoot, 'README.md'), 'utf8')
  const [, script = ''] = /listen\.mjs[\s\S]*?```js\n([\s\S]*?)```/.exec(readme) ?? []
  expect(script.trim().split('\n').length).toBeLessThan(16)
  const tester = await signIn(urlOf(0), 'tester')
  const cid = await startChat(tester, [1, 3])
  // Within the repository, where it finds what it imports.
  const folder = await mkdtemp(join(repositoryRoot, 'node_modules', '.listen-'))
  await writeFile(join(folder, 'listen.mjs'), script)
  const { token } = await signIn(urlOf(1), 'janitor')
  const listener = startProcess(process.execPath, [join(folder, 'listen.mjs'), urlOf(1), token])
  try {
    let written = 0
    await waitUntil('it is connected', async () => {
      await write(tester, cid, `hello-${++written}`)
      return listener.output().includes('3: hello-')
    })
    system.backends[1]?.process.signal('SIGKILL')
    await write(tester, cid, 'meanwhile')
    await system.startBackendAgain(1)
    await waitUntil('it goes on', () => listener.output().includes('3: meanwhile'))
    const lines = listener.output().trim().split('\n')
    expect(new Set(lines).size).toBe(lines.length)
  } finally {
    await listener.stop()
    await rm(folder, { recursive: true })
  }
})
