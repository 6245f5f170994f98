import type { RunCommand } from '@roundtable/dialogue/mongo/commands'
import { runOn } from '@roundtable/dialogue/mongo/connect'
import { createMongoStore, openMongoStore } from '@roundtable/dialogue/mongo-store'
import { MongoClient, MongoNetworkError, MongoServerSelectionError } from 'mongodb'
import { startMongod } from '../servers/mongod.ts'
import { silentLogger } from './dialogue-logger.ts'
import { persisting } from './dialogue-requests.ts'

/** Settles at its closing only, and never sweeps: a test decides when. */
export const stillTiming = { settleEveryMs: 1_000_000, sweepEveryMs: 1_000_000, leftBehindMs: 1_000_000 }

/** A real mongod with a dialogue database, and stores on it whose every command a test may meddle with. */
export async function startMongoWorld() {
  const mongod = await startMongod()
  const client = new MongoClient(mongod.dsn, { monitorCommands: true })
  const db = client.db('dialogue')
  const witness = await openMongoStore({
    dsn: mongod.dsn,
    database: 'dialogue',
    logger: silentLogger,
    timing: { settleEveryMs: 1_000_000, sweepEveryMs: 50, leftBehindMs: 1 },
  })
  const run = runOn(db)
  return {
    mongod,
    client,
    db,
    run,
    /** A whole node: it also sweeps what others left behind. */
    witness: persisting(witness),
    storeOn: (meddled: RunCommand) =>
      createMongoStore({ run: meddled, logger: silentLogger, timing: stillTiming }),
    async close() {
      await witness.close()
      await client.close()
      await mongod.close()
    },
  }
}

export interface Cut {
  run: RunCommand
  /** Whether there were so many commands that the cut was made. */
  made(): boolean
}

/**
 * The connection of a node that dies: nothing gets through from the n-th command on, or the n-th gets through and its
 * answer does not.
 */
export function cutFrom(run: RunCommand, nth: number, side: 'before' | 'after'): Cut {
  let sent = 0
  return {
    run: async (command, timeoutMs) => {
      sent += 1
      if (sent === nth && side === 'after') await run(command, timeoutMs)
      if (sent >= nth) throw new MongoNetworkError('the connection is cut')
      return await run(command, timeoutMs)
    },
    made: () => sent >= nth,
  }
}

/** The connection of a node whose primary dies once it has done the n-th command: nobody answers, and none follows. */
export function leaderlessFrom(run: RunCommand, nth: number): Cut {
  let sent = 0
  return {
    run: async (command, timeoutMs) => {
      sent += 1
      if (sent > nth) throw new MongoServerSelectionError('no primary', {} as never)
      const reply = await run(command, timeoutMs)
      if (sent === nth) throw new MongoNetworkError('the connection is cut')
      return reply
    },
    made: () => sent >= nth,
  }
}

/** A connection that fails once, at the n-th command. */
export function cutOnce(run: RunCommand, nth: number, side: 'before' | 'after'): Cut {
  let sent = 0
  return {
    run: async (command, timeoutMs) => {
      sent += 1
      const isCut = sent === nth
      if (isCut && side === 'before') throw new MongoNetworkError('the connection is cut')
      const reply = await run(command, timeoutMs)
      if (isCut) throw new MongoNetworkError('the connection is cut')
      return reply
    },
    made: () => sent >= nth,
  }
}

/** The connection of a node that freezes before its n-th command, and thaws when it is told to. */
export function frozenBefore(run: RunCommand, nth: number) {
  let sent = 0
  let thaw = (): void => {}
  let tellFrozen = (): void => {}
  const thawed = new Promise<void>((resolve) => {
    thaw = resolve
  })
  const frozen = new Promise<void>((resolve) => {
    tellFrozen = resolve
  })
  const slow: RunCommand = async (command, timeoutMs) => {
    sent += 1
    if (sent === nth) {
      tellFrozen()
      await thawed
    }
    return await run(command, timeoutMs)
  }
  return { run: slow, frozen, thaw, made: () => sent >= nth }
}
