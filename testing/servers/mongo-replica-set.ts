import type { Document, ObjectId } from 'mongodb'
import type { MongodParameters } from './launch-mongod.ts'
import { makeDataFolder } from './make-data-folder.ts'
import { type MongoMember, startMongoMember } from './mongo-member.ts'
import { ownsPort } from './owns-port.ts'
import { waitUntil } from './wait-until.ts'

/** A real replica set of three that the network between its members can be broken in. */
export interface MongoReplicaSet {
  /** All three, as the set's configuration names them. */
  readonly dsn: string
  readonly members: readonly MongoMember[]
  /**
   * Waits for one that says it is, asked directly; of two the one elected later. A partitioned one is not asked: it
   * goes on saying so until it notices.
   */
  primary(): Promise<MongoMember>
  /** Waits until one is primary, the others follow it, and it hears from all. Not while one is partitioned. */
  untilWhole(): Promise<void>
  /**
   * Nobody reaches the member, and it reaches nobody: its proxy swallows everything, and those of the others reset
   * what comes from its process.
   * @throws Error when the set is not behind proxies; elsewhere than on Linux, where it cannot be told which process a
   *   connection comes from
   */
  partition(member: MongoMember): Promise<void>
  heal(): void
  /**
   * Makes commands of clients fail or wait, until told otherwise.
   * @param data failCommands, and errorCode, closeConnection, blockConnection with blockTimeMS, writeConcernError or
   *   appName: see the fail point failCommand in MongoDB's sources
   * @param mode 'alwaysOn' by default, or { times } or { skip }
   */
  failCommand(member: MongoMember, data: Document, mode?: 'alwaysOn' | Document): Promise<void>
  failCommandOff(member: MongoMember): Promise<void>
  close(): Promise<void>
}

/** What decides how long the set is without a primary; MongoDB's own values by default. */
export interface ReplicaSetSettings {
  /** How long a primary is missed before another is elected: 10 s. */
  readonly electionTimeoutMillis?: number
  /**
   * How often members ask each other: 2 s. A secondary that followed a primary now silent goes on telling that one how
   * far it is for 30 s; until then its new primary hears of it by heartbeats alone.
   */
  readonly heartbeatIntervalMillis?: number
  /**
   * How long a new primary waits to hear how far the others were before it takes writes: without an end, which is
   * 10 s or so when the old primary is silent. What a majority has acknowledged it has already.
   */
  readonly catchUpTimeoutMillis?: number
}

export interface MongoReplicaSetOptions {
  settings?: ReplicaSetSettings
  /**
   * Without oplogFetcherSteadyStateMaxFetcherRestarts=0 a secondary goes on asking a silent primary for up to 17 s,
   * and no majority acknowledges what the new one writes.
   */
  parameters?: MongodParameters
  /** Whether members and clients reach each member through its proxy, which costs; true by default. */
  proxied?: boolean
}

/**
 * @throws Error when a mongod does not start or none becomes primary
 */
export async function startMongoReplicaSet(options: MongoReplicaSetOptions = {}): Promise<MongoReplicaSet> {
  const { settings = {}, parameters = {}, proxied = true } = options
  const started = await Promise.allSettled(
    [0, 1, 2].map(async (index) => startMongoMember(index, await makeDataFolder('mongo-member'), parameters)),
  )
  const members = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const partitioned = new Set<MongoMember>()
  const close = async () => {
    await Promise.all(members.map((member) => member.close()))
  }
  const reachable = () => members.filter((member) => !partitioned.has(member))
  const hosts = members.map(({ proxy, port }) => `127.0.0.1:${proxied ? proxy.port : port}`)

  async function primary(): Promise<MongoMember> {
    let found: MongoMember | undefined
    await waitUntil(
      'a primary',
      async () => {
        found = await lastElected(reachable())
        return found
      },
      60_000,
    )
    if (found === undefined) throw new Error('waited for a primary and found none')
    return found
  }

  async function untilWhole(): Promise<void> {
    const isWhole = async () => {
      const leader = await primary()
      const hellos = await Promise.all(members.map((member) => member.command({ hello: 1 })))
      const status = await leader.command({ replSetGetStatus: 1 })
      return (
        hellos.every(({ primary: followed }) => followed === hosts[leader.index]) &&
        hellos.filter(({ secondary }) => secondary === true).length === 2 &&
        status.members.every(({ health }: Document) => health === 1)
      )
    }
    await waitUntil('one primary, and two secondaries that follow it', isWhole, 60_000)
  }

  try {
    for (const one of started) if (one.status === 'rejected') throw one.reason
    const config = { _id: 'rs0', members: hosts.map((host, _id) => ({ _id, host })), settings }
    await members[0]?.command({ replSetInitiate: config }, 60_000)
    // Nobody asks for votes before an election timeout has passed, unless told to.
    await waitUntil('the first member is elected', () => members[0]?.command({ replSetStepUp: 1 }, 5_000))
    await untilWhole()
  } catch (error) {
    await close()
    throw error
  }
  return {
    dsn: `mongodb://${hosts.join()}/?replicaSet=rs0`,
    members,
    primary,
    untilWhole,
    async partition(member) {
      if (!proxied) throw new Error('this set has no proxies that could be cut: start it with proxied')
      // Where this cannot be told it must fail here: every connection would be refused.
      await ownsPort(member.process.pid, member.port)
      partitioned.add(member)
      member.proxy.setMode({ kind: 'blackhole' })
      for (const other of reachable()) {
        other.proxy.setAdmission(async (port) => {
          const owners = await Promise.all([...partitioned].map(({ process }) => ownsPort(process.pid, port)))
          return !owners.includes(true)
        })
      }
    },
    heal() {
      partitioned.clear()
      for (const { proxy } of members) {
        proxy.setMode({ kind: 'pass' })
        proxy.setAdmission(() => true)
      }
    },
    async failCommand(member, data, mode = 'alwaysOn') {
      await member.command({ configureFailPoint: 'failCommand', mode, data })
    },
    async failCommandOff(member) {
      await member.command({ configureFailPoint: 'failCommand', mode: 'off' })
    },
    close,
  }
}

async function lastElected(members: readonly MongoMember[]): Promise<MongoMember | undefined> {
  const claims = await Promise.all(
    members.map(async (member) => {
      const hello = await member.command({ hello: 1 }).catch((): Document => ({}))
      const electionId: ObjectId | undefined = hello.isWritablePrimary ? hello.electionId : undefined
      return { member, elected: electionId?.toHexString() ?? '' }
    }),
  )
  // An election's id begins with its term.
  const [last] = claims.sort((a, b) => (a.elected < b.elected ? 1 : -1))
  return last?.elected ? last.member : undefined
}
