import { rm } from 'node:fs/promises'
import { MongoClient } from 'mongodb'
import { freePort } from './free-port.ts'
import { launchMongod } from './launch-mongod.ts'
import { makeDataFolder } from './make-data-folder.ts'
import { waitUntil } from './wait-until.ts'

/** A real mongod, a replica set of one with a primary. */
export async function startMongod() {
  const port = await freePort()
  const folder = await makeDataFolder('mongod')
  let process = launchMongod(folder, port)
  const admin = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 500,
  })
  try {
    // A client whose first connection failed stays closed until it is told to connect again.
    await waitUntil('mongod answers', () => admin.connect())
    await admin.db('admin').command({
      replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: `127.0.0.1:${port}` }] },
    })
    await waitUntil('mongod is primary', async () => {
      const hello = await admin.db('admin').command({ hello: 1 })
      return hello.isWritablePrimary === true
    })
  } catch (error) {
    await process.stop()
    throw error
  } finally {
    await admin.close()
  }
  return {
    dsn: `mongodb://127.0.0.1:${port}/?replicaSet=rs0`,
    port,
    /** The one that runs now. */
    get process() {
      return process
    },
    /** Starts another one on the same data and port, once this one has ended. */
    async startAgain() {
      await process.exited
      process = launchMongod(folder, port)
    },
    async close() {
      await process.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
