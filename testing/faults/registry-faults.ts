import { startConsul } from '../servers/consul.ts'
import { startConsulPair } from '../servers/consul-pair.ts'
import type { FaultMode } from '../servers/fault-proxy.ts'
import { freePort } from '../servers/free-port.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { type Arena, allNodes, type Fault } from './fault.ts'

/** Waits until the registry lists all nodes as passing, and notes how long that took. */
async function untilRegistered(arena: Arena, from: number): Promise<void> {
  await waitUntil('all nodes are registered again', async () => {
    const listed = await arena.system.passing()
    return allNodes.every((id) => listed.includes(id))
  })
  const ms = performance.now() - from
  arena.note('registered again after s', (ms / 1_000).toFixed(1))
  if (ms > 6_000) arena.late(`the nodes were registered again after ${Math.round(ms)} ms`)
}

async function wholeAgain(arena: Arena): Promise<void> {
  const from = performance.now()
  await untilRegistered(arena, from)
  await arena.untilListIs(allNodes, from)
}

const killed: Fault = {
  name: 'consulKilled',
  title: 'Consul killed, started again empty',
  soak: true,
  async run(arena) {
    const { servers } = arena
    servers.consul.process.signal('SIGKILL')
    await arena.pass(arena.holdMs)
    await servers.startConsulAgain()
    await wholeAgain(arena)
  },
}

const frozen: Fault = {
  name: 'consulFrozen',
  title: 'Consul frozen, thawed',
  soak: true,
  async run(arena) {
    arena.servers.consul.process.signal('SIGSTOP')
    await arena.pass(arena.holdMs)
    arena.servers.consul.process.signal('SIGCONT')
    await wholeAgain(arena)
  },
}

const wiped: Fault = {
  name: 'consulWiped',
  title: 'Consul restarted empty',
  soak: true,
  async run(arena) {
    arena.servers.consul.process.signal('SIGKILL')
    await arena.servers.startConsulAgain()
    await wholeAgain(arena)
    await arena.pass(arena.holdMs)
  },
}

/** Lets all find another registry at the usual address for a while, then the usual one again. */
async function withRegistryAt(arena: Arena, port: number, work: () => Promise<void>): Promise<void> {
  const { consulProxy, consul } = arena.servers
  const moveTo = (at: number): void => {
    consulProxy.setMode({ kind: 'reset' })
    consulProxy.setTarget({ host: '127.0.0.1', port: at })
    consulProxy.setMode({ kind: 'pass' })
  }
  moveTo(port)
  try {
    await wholeAgain(arena)
    await work()
  } finally {
    moveTo(consul.port)
  }
  await wholeAgain(arena)
}

const elsewhere: Fault = {
  name: 'consulElsewhere',
  title: 'Consul restarted elsewhere, empty',
  async run(arena) {
    const other = await startConsul(await freePort())
    try {
      await withRegistryAt(arena, other.port, () => arena.pass(arena.holdMs))
    } finally {
      await other.process.stop()
    }
  },
}

const leaderless: Fault = {
  name: 'consulLeaderless',
  title: 'Consul without a leader, a node stopped meanwhile',
  async run(arena) {
    const pair = await startConsulPair()
    try {
      await withRegistryAt(arena, pair.port, async () => {
        await pair.loseLeader()
        await arena.pass(arena.holdMs)
        // Nobody can take its registration off now: backends must find out by themselves.
        const node = arena.node('dialogue02')
        node.process.signal('SIGTERM')
        await node.process.exited
        await arena.pass(arena.holdMs / 2)
        await arena.restart('dialogue02')
        await pair.findLeader()
        await wholeAgain(arena)
      })
    } finally {
      await pair.close()
    }
  },
}

function nonsense(name: string, title: string, mode: FaultMode): Fault {
  return {
    name,
    title,
    soak: true,
    async run(arena) {
      arena.servers.consulProxy.setMode(mode)
      await arena.pass(arena.holdMs)
      arena.servers.consulProxy.setMode({ kind: 'pass' })
      await wholeAgain(arena)
    },
  }
}

const churn: Fault = {
  name: 'churn',
  title: 'nodes that are not there listed and taken off again, many times a second',
  soak: true,
  async run(arena) {
    const agent = `http://127.0.0.1:${arena.servers.consul.port}/v1/agent/service`
    const until = performance.now() + arena.holdMs
    let rounds = 0
    while (performance.now() < until) {
      const id = `ghost${rounds++ % 5}`
      const body = {
        ID: id,
        Name: 'dialogue',
        Address: '127.0.0.1',
        Port: await freePort(),
        Meta: { instance: id },
      }
      await fetch(`${agent}/register`, { method: 'PUT', body: JSON.stringify(body) })
      await arena.pass(100)
      await fetch(`${agent}/deregister/${id}`, { method: 'PUT' })
    }
    arena.note('ghosts', rounds)
    await arena.untilListIs(allNodes)
  },
}

export const registryFaults: readonly Fault[] = [
  killed,
  frozen,
  wiped,
  elsewhere,
  leaderless,
  nonsense('consulTruncated', 'answers of Consul truncated', { kind: 'truncate', afterBytes: 200 }),
  nonsense('consulEmpty', 'Consul lists nobody, without an index', {
    kind: 'answer',
    status: 200,
    contentType: 'application/json',
    body: '[]',
    except: [],
  }),
  nonsense('consulGarbage', 'Consul answers a web page', {
    kind: 'answer',
    status: 200,
    contentType: 'text/html',
    body: '<html>It works!</html>',
    except: [],
  }),
  churn,
]
