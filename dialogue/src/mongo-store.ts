import type { Logger } from '@roundtable/common/logger'
import type { Timestamp } from 'mongodb'
import { type ActivityTiming, createMongoActivity, usualTiming } from './chats/mongo-activity.ts'
import { createMongoChats } from './chats/mongo-store.ts'
import type { DialogueStore } from './dialogue-store.ts'
import { createMongoLog } from './messages/mongo-log.ts'
import { createOwedEntries } from './messages/mongo-owed.ts'
import { createMongoMessages } from './messages/mongo-store.ts'
import { startBudget } from './mongo/budget.ts'
import { createCommands, type RunCommand } from './mongo/commands.ts'
import {
  closeClient,
  createMongoClient,
  followClock,
  followReadFloor,
  prepareDatabase,
  runOn,
} from './mongo/connect.ts'
import { asAway } from './mongo/errors.ts'
import { createReadFloor } from './mongo/read-floor.ts'
import { createStoreClock, type Now } from './mongo/store-clock.ts'
import type { OnStored } from './on-stored.ts'

export interface MongoStoreOptions {
  /** mongodb://… */
  dsn: string
  database: string
  /** SERVICE_ID, so that the database can tell its nodes apart. */
  nodeId?: string
  logger: Logger
  timing?: Partial<ActivityTiming>
  onStored?: OnStored
  /** This machine's clock. */
  ownNow?: Now
  /** Ends the waiting for a database that is not there yet. */
  signal?: AbortSignal
}

/**
 * The store in MongoDB: a replica set, or shards behind routers. Waits until the database is there.
 * @throws ConfigError when the address is malformed, or the database cannot have the indexes it needs
 */
export async function openMongoStore(options: MongoStoreOptions): Promise<DialogueStore> {
  const client = createMongoClient(options.dsn, options.nodeId ?? 'dialogue')
  const clock = createStoreClock(options)
  followClock(client, clock)
  const readFloor = createReadFloor()
  followReadFloor(client, readFloor)
  const db = client.db(options.database)
  try {
    await prepareDatabase(client, db, options)
  } catch (error) {
    await closeClient(client)
    throw error
  }
  const store = createMongoStore({ ...options, run: runOn(db), now: clock.now, readFloor: readFloor.now })
  return {
    ...store,
    close: async () => {
      await store.close()
      await closeClient(client)
    },
  }
}

/** The store on a database that has its indexes. Its closing ends the background work, not the connection. */
export function createMongoStore(options: {
  run: RunCommand
  /** The clock that all nodes on this database go by. */
  now?: Now
  /** The cluster time that every read must show. */
  readFloor?: () => Timestamp | undefined
  logger: Logger
  timing?: Partial<ActivityTiming>
  onStored?: OnStored
}): DialogueStore {
  const { run, now = Date.now, readFloor, logger, onStored } = options
  const timing = { ...usualTiming, ...options.timing }
  const commands = createCommands(run, readFloor)
  const activity = createMongoActivity({ commands, now, logger, timing })
  const log = createMongoLog({ commands, activity, now, onStored })
  const owed = createOwedEntries({ commands, log, now, logger, timing })
  return {
    chats: createMongoChats({ commands, activity, owed, now, onStored }),
    messages: createMongoMessages({ commands, log, owed, now }),
    ping: async () => {
      try {
        await run({ ping: 1 }, startBudget().leftMs())
      } catch (error) {
        throw asAway(error)
      }
    },
    close: async () => {
      await owed.close()
      await activity.close()
    },
  }
}
