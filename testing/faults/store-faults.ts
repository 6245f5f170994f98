import type { Operation } from '../history/history.ts'
import { type Arena, allNodes, type Fault } from './fault.ts'
import type { Servers } from './start-servers.ts'
import { withFailingCommands } from './with-failing-commands.ts'

/** Longest gap that a change of primary may make, in ms. */
const longestGapMs = 15_000

/**
 * While there is no primary every answer that says so is an honest one; and a change of members whose outcome was
 * unknown may come about after all, and be in the way of the next.
 */
const whileNoPrimary = ({ status, code }: Operation): boolean => status === 503 || code === 4091

/** What needs the users' database: profiles, and who is named for a chat. */
const whatNeedsUsers = ({ kind, status, code }: Operation): boolean =>
  (kind === 'profile' || kind === 'create' || kind === 'members') && status === 503 && code === 5032

/** Notes how long chats were not served: from the first failure to the last. */
function noteGap(arena: Arena, from: number): void {
  const failed = arena.load.history.operations.filter(
    ({ startedAt, status }) => startedAt > from && status >= 500,
  )
  const ms = failed.length === 0 ? 0 : Math.max(...failed.map(({ endedAt }) => endedAt)) - from
  arena.note('gap s', (ms / 1_000).toFixed(1))
  if (ms > longestGapMs) arena.late(`the store was away for ${Math.round(ms)} ms`)
}

async function afterNewPrimary(arena: Arena, from: number): Promise<void> {
  await arena.servers.mongo.primary()
  await arena.moreAnswers(200)
  await arena.pass(1_000)
  noteGap(arena, from)
  await arena.untilListIs(allNodes)
}

const primaryKilled: Fault = {
  name: 'primaryKilled',
  title: "MongoDB's primary killed -9",
  soak: true,
  mayFail: whileNoPrimary,
  async run(arena) {
    const primary = await arena.servers.mongo.primary()
    const from = performance.now()
    primary.process.signal('SIGKILL')
    await primary.process.exited
    await afterNewPrimary(arena, from)
    await primary.startAgain()
  },
}

const primaryPartitioned: Fault = {
  name: 'primaryPartitioned',
  title: "MongoDB's primary cut off from everybody",
  proxied: 'mongo',
  mayFail: whileNoPrimary,
  async run(arena) {
    const { mongo } = arena.servers
    const from = performance.now()
    await mongo.partition(await mongo.primary())
    await afterNewPrimary(arena, from)
    mongo.heal()
    await arena.pass(2_000)
    await arena.untilListIs(allNodes)
  },
}

const primaryFrozen: Fault = {
  name: 'primaryFrozen',
  title: "MongoDB's primary frozen, thawed",
  soak: true,
  mayFail: whileNoPrimary,
  async run(arena) {
    const primary = await arena.servers.mongo.primary()
    const from = performance.now()
    primary.process.signal('SIGSTOP')
    await arena.pass(12_000)
    await afterNewPrimary(arena, from)
    primary.process.signal('SIGCONT')
    await arena.pass(2_000)
    await arena.untilListIs(allNodes)
  },
}

interface Outage extends Omit<Fault, 'run'> {
  breaks(servers: Servers): Promise<void> | void
  mends(servers: Servers): Promise<void> | void
}

/** A server that is away for a while, and then back. */
function outage({ breaks, mends, ...fault }: Outage): Fault {
  return {
    ...fault,
    async run(arena) {
      await breaks(arena.servers)
      await arena.pass(arena.holdMs)
      await mends(arena.servers)
      await arena.pass(1_000)
      await arena.untilListIs(allNodes)
    },
  }
}

const secondaryKilled: Fault = {
  name: 'secondaryKilled',
  title: 'a secondary of MongoDB killed -9, started again',
  soak: true,
  async run(arena) {
    const { mongo } = arena.servers
    const primary = await mongo.primary()
    const secondary = mongo.members.find(({ index }) => index !== primary.index)
    if (!secondary) throw new Error('the replica set has no secondary')
    secondary.process.signal('SIGKILL')
    await arena.pass(arena.holdMs)
    await secondary.startAgain()
    await arena.pass(1_000)
    await arena.untilListIs(allNodes)
  },
}

const diskThrows: Fault = {
  name: 'diskThrows',
  title: 'the store refuses every write of one node (its disk is full)',
  async run(arena) {
    const fullDisk = {
      failCommands: ['insert', 'update', 'delete'],
      errorCode: 14_031,
      appName: 'dialogue02',
    }
    await withFailingCommands(arena.servers.mongo, fullDisk, () => arena.pass(arena.holdMs))
    await arena.untilListIs(allNodes)
  },
}

const usersKilled = outage({
  name: 'mysqlKilled',
  title: 'MySQL killed -9, started again',
  soak: true,
  mayFail: whatNeedsUsers,
  breaks: ({ mariadb }) => mariadb.process.signal('SIGKILL'),
  mends: ({ mariadb }) => mariadb.startAgain(),
})

const usersFrozen = outage({
  name: 'mysqlFrozen',
  title: 'MySQL frozen, thawed',
  soak: true,
  mayFail: whatNeedsUsers,
  breaks: ({ mariadb }) => mariadb.process.signal('SIGSTOP'),
  mends: ({ mariadb }) => mariadb.process.signal('SIGCONT'),
})

const kafkaKilled = outage({
  name: 'kafkaKilled',
  title: 'Kafka killed -9, started again',
  breaks: ({ kafka }) => kafka.process.signal('SIGKILL'),
  mends: ({ kafka }) => kafka.startAgain(),
})

export const storeFaults: readonly Fault[] = [
  primaryKilled,
  primaryPartitioned,
  primaryFrozen,
  secondaryKilled,
  diskThrows,
  usersKilled,
  usersFrozen,
  kafkaKilled,
]
