import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { slowUpload } from '../load/slow-upload.ts'
import { repositoryRoot } from '../servers/repository-root.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { type Arena, allNodes, type Fault } from './fault.ts'
import { withFailingCommands } from './with-failing-commands.ts'

const withoutSecond = allNodes.filter((id) => id !== 'dialogue02')

async function end(arena: Arena, id: string, signal: NodeJS.Signals): Promise<void> {
  const node = arena.node(id)
  node.process.signal(signal)
  await node.process.exited
}

/** Ends a node, waits until nobody lists it, and brings it back. */
async function endAndReturn(arena: Arena, signal: NodeJS.Signals): Promise<void> {
  const from = performance.now()
  await end(arena, 'dialogue02', signal)
  await arena.untilListIs(withoutSecond, from)
  await arena.pass(arena.holdMs)
  await arena.restart('dialogue02')
  await arena.untilListIs(allNodes)
}

/** How many requests each backend has sent to a node. */
async function servedBy(arena: Arena, id: string): Promise<number[]> {
  const told = await Promise.all(arena.system.backends.map((_, i) => arena.topology(i)))
  return told.map((nodes) => nodes.find((node) => node.id === id)?.requests ?? 0)
}

async function untilServed(arena: Arena, id: string): Promise<void> {
  await waitUntil(`every backend sends requests to ${id}`, async () =>
    (await servedBy(arena, id)).every((requests) => requests > 0),
  )
}

const stop: Fault = {
  name: 'stop',
  title: 'node stopped (SIGTERM), started again',
  soak: true,
  run: (arena) => endAndReturn(arena, 'SIGTERM'),
}

const kill9: Fault = {
  name: 'kill9',
  title: 'node killed -9, started again',
  soak: true,
  run: (arena) => endAndReturn(arena, 'SIGKILL'),
}

const frozen: Fault = {
  name: 'frozen',
  title: 'node frozen, thawed (list right: after thawing)',
  soak: true,
  p99Ms: 1_500,
  rightWithinMs: 2_000,
  async run(arena) {
    const node = arena.node('dialogue02')
    node.process.signal('SIGSTOP')
    await arena.pass(arena.isLong ? 30_000 : arena.holdMs)
    node.process.signal('SIGCONT')
    await arena.untilListIs(allNodes)
  },
}

const added: Fault = {
  name: 'added',
  title: 'node added (list right: it serves), stopped again',
  soak: true,
  rightWithinMs: 2_000,
  async run(arena) {
    await arena.system.startNode('dialogue04')
    const from = performance.now()
    await untilServed(arena, 'dialogue04')
    await arena.untilListIs([...allNodes, 'dialogue04'], from)
    await arena.pass(arena.holdMs)
    await end(arena, 'dialogue04', 'SIGTERM')
    await arena.untilListIs(allNodes)
  },
}

const replaced: Fault = {
  name: 'replaced',
  title: 'node replaced by another at the same count',
  soak: true,
  rightWithinMs: 2_000,
  async run(arena) {
    await Promise.all([arena.system.startNode('dialogue04'), end(arena, 'dialogue02', 'SIGTERM')])
    const from = performance.now()
    await untilServed(arena, 'dialogue04')
    await arena.untilListIs([...withoutSecond, 'dialogue04'], from)
    await arena.pass(arena.holdMs)
    await Promise.all([arena.restart('dialogue02'), end(arena, 'dialogue04', 'SIGTERM')])
    await arena.untilListIs(allNodes)
  },
}

const sameAddress: Fault = {
  name: 'sameAddress',
  title: 'node killed -9, its address taken by a new one at once',
  soak: true,
  async run(arena) {
    const { url } = arena.node('dialogue02')
    await end(arena, 'dialogue02', 'SIGKILL')
    await arena.system.startNode('dialogue04', { port: Number(new URL(url).port) })
    await arena.untilListIs([...withoutSecond, 'dialogue04'])
    await arena.pass(arena.holdMs)
    await end(arena, 'dialogue04', 'SIGTERM')
    await arena.restart('dialogue02')
    await arena.untilListIs(allNodes)
  },
}

const rolling: Fault = {
  name: 'rolling',
  title: 'every node restarted, one after the other',
  soak: true,
  async run(arena) {
    for (const id of allNodes) {
      await end(arena, id, 'SIGTERM')
      await arena.restart(id)
      await arena.untilListIs(allNodes)
      // As whoever rolls a release out: the new one works for a while before the next one is stopped.
      await arena.pass(2_000)
    }
  },
}

const slowStop: Fault = {
  name: 'slowStop',
  title: 'node stopped amid requests of 800 ms, and amid one of 5 s made to it directly',
  proxied: 'nodes',
  async run(arena) {
    const node = arena.node('dialogue02')
    const proxy = arena.proxy('dialogue02')
    const upload = (ms: number) =>
      slowUpload({ url: node.url, token: arena.system.dialogueToken, owner: arena.rooms.contended.owner, ms })
    const direct = [upload(5_000), ...Array.from({ length: 20 }, () => upload(800))]
    proxy.setMode({ kind: 'latency', ms: 800 })
    await sleep(400)
    const from = performance.now()
    await end(arena, 'dialogue02', 'SIGTERM')
    for (const status of await Promise.all(direct)) {
      if (status !== 201) arena.miss(`a request made to the node directly was answered ${status}`)
    }
    await arena.untilListIs(withoutSecond, from)
    proxy.setMode({ kind: 'pass' })
    await arena.restart('dialogue02')
    await arena.untilListIs(allNodes)
  },
}

const frozenInWrite: Fault = {
  name: 'frozenInWrite',
  title: 'node frozen inside writes, thawed after they were retried elsewhere',
  soak: true,
  p99Ms: 1_500,
  async run(arena) {
    // Inserts take long, so that some are surely under way.
    const slowInserts = { failCommands: ['insert'], blockConnection: true, blockTimeMS: 300 }
    const { process } = arena.node('dialogue02')
    for (let round = 0; round < (arena.isLong ? 4 : 1); round++) {
      await withFailingCommands(arena.servers.mongo, slowInserts, async () => {
        await arena.moreAnswers(50)
        process.signal('SIGSTOP')
      })
      await arena.pass(3_000)
      process.signal('SIGCONT')
      await arena.untilListIs(allNodes)
    }
  },
}

const clockOff: Fault = {
  name: 'clockOff',
  title: 'the clock of one node 10 minutes ahead, of another 10 minutes behind',
  async run(arena) {
    const shifts = { dialogue02: 600, dialogue03: -600 }
    for (const [id, seconds] of Object.entries(shifts)) {
      const port = Number(new URL(arena.node(id).url).port)
      await end(arena, id, 'SIGTERM')
      const nodeArgs = ['--import', join(repositoryRoot, 'testing/dist/faults/shift-clock.js')]
      await arena.system.startNode(id, { port, nodeArgs, env: { SHIFT_CLOCK_S: String(seconds) } })
      await arena.untilListIs(allNodes)
    }
    await arena.pass(arena.holdMs)
    for (const id of Object.keys(shifts)) {
      await end(arena, id, 'SIGTERM')
      await arena.restart(id)
      await arena.untilListIs(allNodes)
    }
  },
}

const sameId: Fault = {
  name: 'sameId',
  title: 'a second node started with the id of one that lives: it refuses',
  soak: true,
  async run(arena) {
    const second = await arena.system.launchNode('dialogue02')
    const code = await second.exited
    if (code === 0) arena.miss('the second node did not refuse')
    await arena.untilListIs(allNodes)
  },
}

const allGone: Fault = {
  name: 'allGone',
  title: 'all nodes killed -9: 503 at once; started again (list right: chats are served)',
  rightWithinMs: 2_000,
  mayFail: ({ status }) => status === 503,
  async run(arena) {
    await Promise.all(allNodes.map((id) => end(arena, id, 'SIGKILL')))
    const from = performance.now()
    await arena.pass(arena.holdMs)
    const to = performance.now()
    const refused = arena.load.history.operations
      .filter(
        ({ startedAt, status, kind }) =>
          startedAt > from && startedAt < to && status === 503 && kind !== 'profile',
      )
      .map(({ startedAt, endedAt }) => endedAt - startedAt)
      .sort((a, b) => a - b)
    const p99 = refused[Math.floor(refused.length * 0.99)] ?? Number.NaN
    arena.note(
      '503 within, p50 / p99 ms',
      `${(refused[refused.length >> 1] ?? Number.NaN).toFixed(1)} / ${p99.toFixed(1)}`,
    )
    if (!(p99 <= 50)) arena.late(`a 503 took ${p99.toFixed(1)} ms`)
    await Promise.all(allNodes.map((id) => arena.restart(id)))
    const back = performance.now()
    await arena.moreAnswers(50)
    arena.right(back)
    await arena.pass(arena.holdMs)
  },
}

export const nodeFaults: readonly Fault[] = [
  stop,
  kill9,
  frozen,
  added,
  replaced,
  sameAddress,
  rolling,
  slowStop,
  frozenInWrite,
  clockOff,
  sameId,
  allGone,
]
