import type { Document, Timestamp } from 'mongodb'
import { outcomeUnknown, storeAway } from '../refusals.ts'
import type { Budget } from './budget.ts'
import { asAway, asUnknown, isWorthASecondTry, type WriteError, wasNeverSent } from './errors.ts'

/**
 * Sends one command to the database. The stores reach the driver through this alone: the command form costs half of
 * what the driver's cursors cost, and a test can cut a store off between any two commands.
 */
export type RunCommand = (command: Document, timeoutMs: number) => Promise<Document>

/** A find whose result fits one batch. */
export interface Find {
  find: string
  filter: Document
  /** The index it must use: a find that could not would fail, not scan. Not needed for one _id. */
  hint?: Document
  limit: number
  sort?: Document
  projection?: Document
}

/** What a write has done. */
export interface WriteReply {
  /** Documents inserted, matched or deleted. */
  n: number
  writeErrors: readonly WriteError[]
}

export interface MongoCommands {
  /**
   * Reads what a majority of the replica set has, and no less than the floor of reads.
   * @throws AppError 5032
   */
  find<T>(find: Find, budget: Budget): Promise<T[]>

  /**
   * Writes to a majority of the replica set. It may be sent twice, so it must be one that can be.
   * @throws AppError 5031; 5032 when it surely was never sent
   */
  write(command: Document, budget: Budget): Promise<WriteReply>

  /**
   * Like write, for what nobody can see until a later write: whatever happens, nothing is stored yet.
   * @throws AppError 5032
   */
  prepare(command: Document, budget: Budget): Promise<WriteReply>
}

/** @param readFloor the cluster time that every read must show, once it is known */
export function createCommands(
  run: RunCommand,
  readFloor: () => Timestamp | undefined = () => undefined,
): MongoCommands {
  /** One failed connection is no reason to fail: the next router or the new primary may answer. */
  async function runTwice(command: Document, budget: Budget): Promise<Document> {
    try {
      return await runWithin(command, budget)
    } catch (error) {
      if (!isWorthASecondTry(error) || budget.leftMs() === 0) throw error
      try {
        return await runWithin(command, budget)
      } catch (second) {
        // The first may have got through: that the second was never sent says nothing of it.
        throw wasNeverSent(second) ? error : second
      }
    }
  }

  async function runWithin(command: Document, budget: Budget): Promise<Document> {
    const timeoutMs = budget.leftMs()
    if (timeoutMs === 0) throw storeAway(new Error('no time was left to ask the store'))
    return await run(command, timeoutMs)
  }

  async function send(command: Document, budget: Budget): Promise<WriteReply> {
    const reply = await runTwice({ ...command, writeConcern: { w: 'majority' } }, budget)
    if (reply.writeConcernError) throw outcomeUnknown(new Error(reply.writeConcernError.errmsg))
    return { n: reply.n ?? 0, writeErrors: reply.writeErrors ?? [] }
  }

  return {
    find: async (find, budget) => {
      const afterClusterTime = readFloor()
      const command = {
        ...find,
        batchSize: find.limit,
        singleBatch: true,
        readConcern: { level: 'majority', ...(afterClusterTime ? { afterClusterTime } : {}) },
      }
      try {
        return (await runTwice(command, budget)).cursor.firstBatch
      } catch (error) {
        throw asAway(error)
      }
    },
    write: async (command, budget) => {
      try {
        return await send(command, budget)
      } catch (error) {
        throw asUnknown(error)
      }
    },
    prepare: async (command, budget) => {
      try {
        return await send(command, budget)
      } catch (error) {
        throw storeAway(error)
      }
    },
  }
}
