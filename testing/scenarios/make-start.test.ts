import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { signIn } from '../constellation/api-user.ts'
import { type RunningProcess, startProcess } from '../servers/child-process.ts'
import { freePort } from '../servers/free-port.ts'
import { waitUntil } from '../servers/wait-until.ts'

const root = join(import.meta.dirname, '../..')
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function settings() {
  const folder = await mkdtemp(join(tmpdir(), 'make-start-'))
  closers.push(() => rm(folder, { recursive: true, force: true }))
  const [backend, page, one, two, consul, bus] = await Promise.all(Array.from({ length: 6 }, freePort))
  return {
    PATH: process.env.PATH,
    DATA_DIR: folder,
    SERVER_PORT: String(backend),
    PAGE_PORT: String(page),
    DIALOGUE_PORTS: `${one},${two}`,
    CONSUL_DSN: `127.0.0.1:${consul}`,
    BUS_DSN: `local:${bus}`,
  }
}

function launch(env: NodeJS.ProcessEnv, script = 'main'): RunningProcess {
  const launcher = startProcess(process.execPath, [join(root, `tools/dist/start/${script}.js`)], {
    env,
    cwd: root,
  })
  closers.push(() => launcher.stop(20_000))
  return launcher
}

const isUp = (launcher: RunningProcess) =>
  waitUntil('the banner', () => launcher.output().includes('Ctrl-C stops everything'))

test('starts everything, survives a restart with its data, and stops in order', async () => {
  const env = await settings()
  const url = `http://127.0.0.1:${env.SERVER_PORT}`
  const first = launch(env)
  await isUp(first)
  const user = await signIn(url, 'tester')
  const chat = await user.call('POST', '/v1/chats', { users: [1, 3] })
  expect((await fetch(`http://127.0.0.1:${env.PAGE_PORT}/`)).status).toBe(200)
  first.signal('SIGINT')
  expect(await first.exited).toBe(0)
  const inOrder = ['page', 'backend', 'dialogue01', 'bus', 'registry']
  const ends = inOrder.map((name) => lastLineOf(first.output(), name))
  expect(ends).toEqual([...ends].sort((a, b) => a - b))

  const second = launch(env)
  await isUp(second)
  const list = await user.call('GET', '/v1/chats')
  expect(list.body.data).toEqual([chat.body])
})

test('a node added by hand is used; a child that dies stays away until it is brought back', async () => {
  const env = await settings()
  const launcher = launch(env)
  await isUp(launcher)
  const user = await signIn(`http://127.0.0.1:${env.SERVER_PORT}`, 'tester')
  const servers = async () => {
    const seen = new Set<string | null>()
    for (let i = 0; i < 9; i++) seen.add((await user.call('GET', '/v1/chats')).headers.get('x-served-by'))
    return [...seen].sort().join()
  }
  const own = { PATH: env.PATH, DATA_DIR: env.DATA_DIR, SERVICE_HOST: 'http://127.0.0.1' }
  launch({ ...own, SERVICE_ID: 'dialogue03', SERVICE_PORT: String(await freePort()) }, 'dialogue')
  await waitUntil('three nodes serve', async () => (await servers()) === 'dialogue01,dialogue02,dialogue03')

  const pid = Number(launcher.output().match(/dialogue02 \| process (\d+)/)?.[1])
  process.kill(pid, 'SIGKILL')
  const howTo =
    /dialogue02 \| ended \(SIGKILL\); bring it back: SERVICE_ID=dialogue02 .* SERVICE_PORT=(\d+) make dialogue/
  await waitUntil('it says how to bring it back', () => howTo.test(launcher.output()))
  expect(await servers()).toBe('dialogue01,dialogue03')
  launch({ ...own, SERVICE_ID: 'dialogue02', SERVICE_PORT: launcher.output().match(howTo)?.[1] }, 'dialogue')
  await waitUntil('it serves again', async () => (await servers()) === 'dialogue01,dialogue02,dialogue03')
})

test('a port in use is named in one line, and nothing is left running', async () => {
  const env = await settings()
  const squatter: Server = createServer()
  await new Promise<void>((resolve) => squatter.listen(Number(env.PAGE_PORT), '127.0.0.1', resolve))
  closers.push(() => squatter.close())
  const launcher = launch(env)
  expect(await launcher.exited).toBe(1)
  expect(launcher.output().trim().split('\n')).toEqual([
    expect.stringContaining(`port ${env.PAGE_PORT}, wanted by the page, is in use`),
  ])
})

test('a registry elsewhere that does not answer is named in one line', async () => {
  const launcher = launch({ ...(await settings()), CONSUL_DSN: `127.0.0.2:${await freePort()}` })
  expect(await launcher.exited).toBe(1)
  expect(launcher.output()).toMatch(/^nothing that speaks Consul answers at CONSUL_DSN 127\.0\.0\.2:\d+\n$/)
})

function lastLineOf(output: string, name: string): number {
  return output.split('\n').findLastIndex((line) => line.startsWith(`${name} `))
}
