import { randomUUID } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { launchBrowser } from '../browser/launch-browser.ts'
import { bubbles, isLive, openChatWith, signIn, write } from '../browser/page-actions.ts'
import { desktop } from '../browser/start-site.ts'
import { type ApiAnswer, callApi } from '../constellation/api-user.ts'
import { describeWith, testWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { logLines, publishedPorts } from './docker.ts'
import { runCommand } from './run-command.ts'

const api = 'http://127.0.0.1:8007'
const page = 'http://127.0.0.1:8008'
const minutes = 60_000
const nodes = ['dialogue01', 'dialogue02']

/** An address of this machine by which others reach it. */
function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}

/** Names and ports are fixed by the compose files: one run at a time, and it stops what was up before. */
describeWith('docker', 'the whole system in containers', () => {
  let authorization = ''
  let messagesPath = ''

  const get = (path: string): Promise<ApiAnswer> => callApi(api, 'GET', path, { headers: { authorization } })
  const servedBy = (answer: ApiAnswer): string => answer.headers.get('x-served-by') ?? 'nobody'

  async function passing(): Promise<string[]> {
    const answer = await fetch('http://127.0.0.1:8500/v1/health/service/dialogue?passing')
    const entries = (await answer.json()) as { Service: { ID: string } }[]
    return entries.map((entry) => entry.Service.ID).sort()
  }

  async function readMessages(times: number): Promise<ApiAnswer[]> {
    const answers: ApiAnswer[] = []
    for (let i = 0; i < times; i++) answers.push(await get(messagesPath))
    return answers
  }

  /**
   * Writes as the README tells clients to: a 503 is asked again with the same key. A disk still busy with the images
   * just built holds nine mongod up for longer than a request waits.
   */
  async function post(path: string, body: string): Promise<ApiAnswer> {
    const headers = { authorization, 'idempotency-key': randomUUID() }
    let answer: ApiAnswer | undefined
    await waitUntil(`an answer to POST ${path}`, async () => {
      answer = await callApi(api, 'POST', path, { body, headers })
      if (answer.status === 503) throw new Error(JSON.stringify(answer.body))
      return true
    })
    return answer as ApiAnswer
  }

  beforeAll(async () => {
    await runCommand('make', 'upWithConsul')
  }, 20 * minutes)

  afterAll(async () => {
    await runCommand('make', 'downWithConsul')
  }, 5 * minutes)

  test('sign in, make a chat, write, read, list', async () => {
    const token = await callApi(api, 'POST', '/v1/auth/sign-in', {
      body: '{"username":"tester", "password":"1234567890", "passwordConfirm":"1234567890", "gender":"m"}',
    })
    expect(token.body).toEqual({
      object: 'token',
      token: expect.any(String),
      userId: 3,
      username: 'tester',
      expiresAt: expect.any(Number),
    })
    authorization = `Bearer ${token.body.token}`

    const chat = await post('/v1/chats', '{"users":[1, 3]}')
    expect(chat.body).toMatchObject({ object: 'chat', users: [1, 3], createdAt: expect.any(Number) })
    messagesPath = `/v1/chats/${chat.body.id}/messages`
    const message = await post(messagesPath, '{"txt":"Hi there"}')
    expect(message.body).toMatchObject({ object: 'message', cid: chat.body.id, uid: 3, text: 'Hi there' })
    const newer = await post(messagesPath, '{"txt":"Still there?"}')

    expect((await get(messagesPath)).body).toEqual({ object: 'list', data: [newer.body, message.body] })
    const chats = await get('/v1/chats')
    expect(chats.body.data[0]).toMatchObject({ object: 'chat', id: chat.body.id, users: [1, 3] })
  })

  test('the requests alternate between the nodes, with the request ids of the backend', async () => {
    const answers = await readMessages(20)
    const turns = answers.map(servedBy)
    expect(turns).toEqual(turns.map((_, i) => (i % 2 === 0 ? turns[0] : turns[1])))
    expect([...new Set(turns)].sort()).toEqual(nodes)

    for (const [container, mine] of [
      ['backend', answers],
      ...nodes.map((id) => [id, answers.filter((answer) => servedBy(answer) === id)] as const),
    ] as const) {
      const ids = mine.map((answer) => answer.headers.get('x-request-id'))
      await waitUntil(`the lines of ${container}`, async () => {
        const logged = (await logLines(container)).map((line) => line.reqId)
        return (
          JSON.stringify(logged.filter((id) => id !== undefined && ids.includes(id))) === JSON.stringify(ids)
        )
      })
    }
  })

  test('the page, and the API behind it, with the address of the caller and not of what it claims', async () => {
    const index = await fetch(`${page}/`)
    expect(index.status).toBe(200)
    expect(index.headers.get('content-security-policy')).toContain("default-src 'self'")
    const [script = ''] = /\/assets\/[^"]+\.js/.exec(await index.text()) ?? []
    const proxied = await fetch(`${page}${script}`, { headers: { via: '1.1 another proxy' } })
    expect(proxied.headers.get('content-encoding')).toBe('gzip')

    const own = await remoteAddress(api, {})
    expect(await remoteAddress(page, {})).toBe(own)
    expect(await remoteAddress(page, { 'x-forwarded-for': '203.0.113.7' })).toBe(own)
    expect(await remoteAddress(api, { 'x-forwarded-for': '203.0.113.7' })).toBe(own)
  })

  /** What the backend logs as the address of a caller. */
  async function remoteAddress(url: string, headers: Record<string, string>): Promise<unknown> {
    const answer = await callApi(url, 'GET', '/v1/chats', { headers: { authorization, ...headers } })
    const id = answer.headers.get('x-request-id')
    let address: unknown
    await waitUntil('the line of the backend', async () => {
      address = (await logLines('backend')).find(
        (line) => line.reqId === id && line.msg === 'request',
      )?.remoteAddress
      return address !== undefined
    })
    return address
  }

  testWith('chromium', 'the page works when it is opened by host name from another machine', async () => {
    const browser = await launchBrowser({ 'chat.example': ownAddress() })
    try {
      const tab = await (await browser.newContext(desktop)).newPage()
      const faults: string[] = []
      tab.on('pageerror', (error) => faults.push(error.message))
      tab.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
      await tab.goto('http://chat.example:8008')
      // Neither this machine nor https: what browsers keep for these must not be needed.
      expect(await tab.evaluate('isSecureContext')).toBe(false)
      await signIn(tab, 'tester')
      await openChatWith(tab, 'Wil', 'Roger Wilco')
      // The volumes may hold what an earlier run wrote to the same chat.
      const words = `From afar, ${randomUUID()}`
      await write(tab, words)
      await bubbles(tab).filter({ hasText: words }).waitFor()
      await tab.reload()
      await bubbles(tab).filter({ hasText: words }).waitFor()
      await isLive(tab)
      expect(faults).toEqual([])
    } finally {
      await browser.close()
    }
  })

  test('a backend that comes back at another address is found by the page', async () => {
    const address = () =>
      runCommand('docker', 'inspect', '-f', '{{.NetworkSettings.Networks.inner.IPAddress}}', 'backend')
    const before = await address()
    await runCommand('docker', 'stop', 'backend')
    const squatter = ['--name', 'squatter', '--network', 'inner', 'node:24-bookworm-slim', 'sleep', '600']
    await runCommand('docker', 'run', '--detach', '--rm', ...squatter)
    try {
      await runCommand('docker', 'start', 'backend')
      expect(await address()).not.toBe(before)
      await waitUntil('the page reaches it', async () => {
        const answer = await callApi(page, 'GET', '/v1/chats', { headers: { authorization } })
        return answer.status === 200
      })
    } finally {
      await runCommand('docker', 'rm', '--force', 'squatter')
    }
    await waitUntil('both nodes serve', async () => new Set((await readMessages(4)).map(servedBy)).size === 2)
  })

  test('only backend and page are published beyond this machine; the services run as an ordinary user', async () => {
    const open = [...(await publishedPorts())].filter(([, ports]) =>
      ports.some((port) => !port.startsWith('127.0.0.1:')),
    )
    expect(open.map(([name]) => name).sort()).toEqual(['backend', 'frontend'])
    for (const container of ['backend', ...nodes]) {
      expect(await runCommand('docker', 'exec', container, 'id', '-un')).toBe('node\n')
      const packages = (await runCommand('docker', 'exec', container, 'ls', '/app/node_modules')).split('\n')
      expect(packages).toContain('fastify')
      expect(packages.filter((name) => /^(typescript|jest|vite|react|@biomejs|@swc)$/.test(name))).toEqual([])
    }
  })

  test(
    'messages and chat lists are sharded, and starting again changes nothing',
    async () => {
      const before = await runCommand('docker', 'ps', '--format', '{{.ID}} {{.Names}}')
      await runCommand('make', 'upWithConsul')
      expect(await runCommand('docker', 'ps', '--format', '{{.ID}} {{.Names}}')).toBe(before)

      const keys =
        'print(JSON.stringify(db.getSiblingDB("config").collections.find({ _id: /^dialogue/ }).toArray()))'
      const output = await runCommand('docker', 'exec', 'mongos01', 'mongosh', '--quiet', '--eval', keys)
      const found = (JSON.parse(output) as { _id: string; key: object }[]).map(({ _id, key }) => [_id, key])
      expect(Object.fromEntries(found)).toEqual({
        'dialogue.log': { cid: 'hashed' },
        'dialogue.userChats': { uid: 'hashed' },
      })
    },
    10 * minutes,
  )

  test('a stopped node is missed by nobody', async () => {
    const before = { messages: (await get(messagesPath)).body, chats: (await get('/v1/chats')).body }
    const stopping = { done: false }
    const stopped = runCommand('docker', 'stop', 'dialogue02').finally(() => {
      stopping.done = true
    })
    const meanwhile: number[] = []
    while (!stopping.done) meanwhile.push((await get(messagesPath)).status)
    await stopped
    const after = await readMessages(100)

    expect(meanwhile.filter((status) => status !== 200)).toEqual([])
    expect(after.map((answer) => [answer.status, servedBy(answer)])).toEqual(
      after.map(() => [200, 'dialogue01']),
    )
    expect(await passing()).toEqual(['dialogue01'])
    expect((await get(messagesPath)).body).toEqual(before.messages)
    expect((await get('/v1/chats')).body).toEqual(before.chats)
    const said = (await logLines('dialogue02')).map((line) => line.msg)
    expect(said.slice(said.lastIndexOf('received the terminated call, shutting down'))).toEqual(
      expect.arrayContaining([
        'received the terminated call, shutting down',
        'shut down the http server',
        'disconnecting from the DB...',
        'DB connection has been closed',
      ]),
    )
  })

  test('a node that comes back and a new one are used', async () => {
    await runCommand('docker', 'start', 'dialogue02')
    await runCommand('make', 'addDialogue', 'ID=dialogue03')
    await waitUntil('three nodes serve', async () => {
      const turns = new Set((await readMessages(6)).map(servedBy))
      return [...nodes, 'dialogue03'].every((id) => turns.has(id))
    })
    await waitUntil('the new node logs its requests', async () =>
      (await logLines('dialogue03')).some((line) => line.msg === 'request'),
    )
    await expect(runCommand('make', 'addDialogue', 'ID=Bad name')).rejects.toThrow('name the node by')
  })

  test(
    'everything is stopped and removed, and the data kept',
    async () => {
      await runCommand('make', 'downWithConsul')
      expect(
        [...(await publishedPorts()).keys()].filter((name) => /^(backend|dialogue|mongos)/.test(name)),
      ).toEqual([])
      const networks = (await runCommand('docker', 'network', 'ls', '--format', '{{.Name}}')).split('\n')
      expect(networks.filter((name) => ['inner', 'dlg', 'queue'].includes(name))).toEqual([])
      const volumes = (await runCommand('docker', 'volume', 'ls', '--quiet')).split('\n')
      expect(volumes).toEqual(expect.arrayContaining(['roundtable_mysql', 'roundtable_shard01a']))
    },
    5 * minutes,
  )
})
