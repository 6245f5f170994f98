import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Logger, pino } from 'pino'
import type { Clock } from './clock.ts'
import type { ServiceInstance } from './service-instance.ts'
import { type ServiceWatch, watchService } from './watch-service.ts'

/** Answers one request in some way, or leaves it open. */
type Answer = (response: ServerResponse) => void

let asked: URLSearchParams[]
let script: Answer[]
let onAsked: (() => void) | undefined
let told: (readonly ServiceInstance[])[]
let logged: { level: string; msg: string }[]
let logger: Logger
let closers: (() => Promise<unknown>)[]
let dsn: string

beforeEach(async () => {
  asked = []
  script = []
  told = []
  logged = []
  closers = []
  onAsked = undefined
  logger = pino(
    { formatters: { level: (label) => ({ level: label }) } },
    { write: (line) => void logged.push(JSON.parse(line)) },
  )
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    asked.push(new URL(request.url ?? '', 'http://consul').searchParams)
    // Past its end the script leaves questions open, as a Consul without news does.
    script[asked.length - 1]?.(response)
    onAsked?.()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  dsn = `127.0.0.1:${(server.address() as AddressInfo).port}`
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  )
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
})

interface EntryFields {
  ID?: string
  Address?: string
  Port?: number
  Meta?: Record<string, string> | null
  ModifyIndex?: number
  node?: string
}

function entry(fields: EntryFields = {}): object {
  const { node = '10.0.0.9', ...service } = fields
  return {
    Node: { Node: 'n', Address: node },
    Service: {
      ...{ ID: 'd1', Service: 'dialogue', Address: '10.0.0.1', Port: 8080, Meta: { instance: 'one' } },
      ...{ CreateIndex: 5, ModifyIndex: 5 },
      ...service,
    },
    Checks: [],
  }
}

function good(index: number | string, ...entries: object[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-consul-index': String(index) })
    response.end(JSON.stringify(entries))
  }
}

function plain(status: number, type: string, body: string, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, { 'content-type': type, ...headers }).end(body)
}

/** Jumps over every pause, and keeps account of it. */
function leapingClock(): Clock & { slept: number[] } {
  let time = 0
  const slept: number[] = []
  return {
    slept,
    now: () => time,
    async sleep(ms) {
      slept.push(ms)
      time += ms
    },
  }
}

function watch(options: { clock?: Clock; waitMs?: number } = {}): ServiceWatch {
  const opened = watchService({
    consulDsn: dsn,
    service: 'dialogue',
    logger,
    onInstances: (instances) => told.push(instances),
    random: () => 0.5,
    clock: leapingClock(),
    ...options,
  })
  closers.push(() => opened.close())
  return opened
}

/** Resolves when that many questions have come. */
function questions(count: number): Promise<void> {
  return new Promise((resolve) => {
    onAsked = () => {
      if (asked.length >= count) resolve()
    }
    onAsked()
  })
}

const indexes = () => asked.map((query) => query.get('index') ?? '0')

test('asks for those that pass, from any server, first at once, then waiting for a change', async () => {
  script = [good(7, entry())]
  watch()
  await questions(2)
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({ passing: 'true', stale: '1' })
  expect(Object.fromEntries(asked[1] ?? [])).toEqual({
    passing: 'true',
    stale: '1',
    index: '7',
    wait: '10000ms',
  })
  expect(told).toEqual([[{ id: 'd1', host: '10.0.0.1', port: 8080, instance: 'one' }]])
})

const broken: [string, Answer][] = [
  ['a 500 without a leader', plain(500, 'text/plain', 'No cluster leader')],
  ['HTML', plain(200, 'text/html', '<h1>It works</h1>', { 'x-consul-index': '9' })],
  ['JSON that is cut short', plain(200, 'application/json', '[{"Node":', { 'x-consul-index': '9' })],
  ['no body', plain(200, 'application/json', '', { 'x-consul-index': '9' })],
  ['no index', plain(200, 'application/json', '[]')],
  ['an index that is no number', good('soon')],
  ['an index below 0', good(-1)],
  ['an index with a fraction', good('7.5')],
  ['an empty index', good('')],
  ['null for a list', plain(200, 'application/json', 'null', { 'x-consul-index': '9' })],
  ['entries of another shape', good(9, { Node: {}, Service: { ID: 'd1', Port: 'http' } })],
  ['a connection that is reset', (response) => response.destroy()],
  [
    'a body that breaks off',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-consul-index': '9' })
      response.write('[')
      setImmediate(() => response.destroy())
    },
  ],
  [
    'a body shorter than promised',
    (response) => {
      response.writeHead(200, { 'x-consul-index': '9', 'content-length': '100' })
      response.write('[]')
      setImmediate(() => response.destroy())
    },
  ],
]

test.each(broken)('%s is never told, and the whole answer is asked for again', async (_what, answer) => {
  script = [good(7, entry()), (response) => answer(response), good(8, entry({ ID: 'd2' }))]
  // Longer than a test may take: that the answer is broken must be noticed before the question's time is up.
  watch({ waitMs: 120_000 })
  await questions(4)
  expect(told.map((instances) => instances.map(({ id }) => id))).toEqual([['d1'], ['d2']])
  expect(indexes()).toEqual(['0', '7', '0', '8'])
})

test('a question that is not answered is given up, and the whole answer is asked for again', async () => {
  script = [good(7, entry()), () => {}, good(8, entry({ ID: 'd2' }))]
  watch({ waitMs: 1 })
  await questions(4)
  expect(told.map((instances) => instances.map(({ id }) => id))).toEqual([['d1'], ['d2']])
  expect(indexes()).toEqual(['0', '7', '0', '8'])
})

test('an outage is logged once when it begins and once when it ends', async () => {
  const away = plain(500, 'text/plain', 'No cluster leader')
  script = [good(7), away, away, away, good(8)]
  watch()
  await questions(6)
  expect(logged.map(({ level, msg }) => [level, msg])).toEqual([
    ['warn', 'watching dialogue: lost Consul, trying on'],
    ['info', 'watching dialogue: Consul is back'],
  ])
})

test('errors are followed by pauses that grow to 2 s, and by another attempt for ever', async () => {
  script = Array.from({ length: 30 }, () => plain(500, 'text/plain', 'no'))
  const clock = leapingClock()
  watch({ clock })
  await questions(31)
  const pauses = clock.slept.filter((_ms, i) => i % 2 === 1)
  expect(pauses.slice(0, 7)).toEqual([50, 100, 200, 400, 800, 1_000, 1_000])
  expect(pauses.at(-1)).toBe(1_000)
})

test('an index below 1 becomes 1, so that Consul waits', async () => {
  script = [good(0), good(0), good(0)]
  watch()
  await questions(4)
  expect(indexes()).toEqual(['0', '1', '1', '1'])
})

test('an index that went back is forgotten: the whole answer is asked for', async () => {
  script = [good(50, entry()), good(3), good(3, entry()), good(4)]
  watch()
  await questions(5)
  expect(indexes()).toEqual(['0', '50', '0', '3', '4'])
  expect(told).toHaveLength(4)
})

test('an index that changes at once every time is asked for at most twice a second, after two at once', async () => {
  const answers = 40
  script = Array.from({ length: answers }, (_, i) => good(i + 1))
  const clock = leapingClock()
  watch({ clock })
  await questions(answers + 1)
  // The first two questions need no pause, each other one half a second.
  expect(clock.now()).toBe((answers + 1 - 2) * 500)
})

test('tells instances sorted by id, one an address, that of the newest registration', async () => {
  script = [
    good(
      9,
      entry({ ID: 'd9', Address: 'c' }),
      entry({ ID: 'old', Address: 'a', ModifyIndex: 3, Meta: { instance: 'before' } }),
      entry({ ID: 'd3', Address: 'a', ModifyIndex: 8, Meta: { instance: 'after' } }),
      entry({ ID: 'd2', Address: 'a', Port: 8081, Meta: null }),
    ),
  ]
  watch()
  await questions(2)
  expect(told[0]).toEqual([
    { id: 'd2', host: 'a', port: 8081, instance: '' },
    { id: 'd3', host: 'a', port: 8080, instance: 'after' },
    { id: 'd9', host: 'c', port: 8080, instance: 'one' },
  ])
})

test('a service without an address of its own is at that of its machine; a scheme is dropped', async () => {
  script = [
    good(9, entry({ Address: '', node: '10.0.0.9' }), entry({ ID: 'd2', Address: 'http://dialogue02' })),
  ]
  watch()
  await questions(2)
  expect(told[0]?.map(({ host }) => host)).toEqual(['10.0.0.9', 'dialogue02'])
})

test('what has no usable address is left out, with one line', async () => {
  const odd = [
    entry({ ID: 'no-port', Port: 0 }),
    entry({ ID: 'no-address', Address: '', node: '' }),
    entry({ ID: 'a-path', Address: 'host/path' }),
  ]
  script = [good(9, entry(), ...odd), good(10, entry(), ...odd)]
  watch()
  await questions(3)
  expect(told.map((instances) => instances.map(({ id }) => id))).toEqual([['d1'], ['d1']])
  expect(logged.map(({ msg }) => msg).sort()).toEqual([
    'dialogue: left out a-path at host/path:8080, which is no usable address',
    'dialogue: left out no-address at :8080, which is no usable address',
    'dialogue: left out no-port at 10.0.0.1:0, which is no usable address',
  ])
})

test('closing ends the open question and is silent', async () => {
  script = [good(9, entry())]
  const opened = watch()
  await questions(2)
  await opened.close()
  expect(asked).toHaveLength(2)
  expect(logged).toEqual([])
})
