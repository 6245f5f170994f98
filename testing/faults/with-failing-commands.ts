import type { Document } from 'mongodb'
import type { MongoReplicaSet } from '../servers/mongo-replica-set.ts'

/** Lets commands at the primary fail or wait while something is done; what comes after must not meet them. */
export async function withFailingCommands(
  mongo: MongoReplicaSet,
  data: Document,
  work: () => Promise<void>,
): Promise<void> {
  const primary = await mongo.primary()
  await mongo.failCommand(primary, data)
  try {
    await work()
  } finally {
    await mongo.failCommandOff(primary)
  }
}
