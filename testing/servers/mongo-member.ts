import { rm } from 'node:fs/promises'
import { type Document, MongoClient } from 'mongodb'
import type { RunningProcess } from './child-process.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { freePort } from './free-port.ts'
import { launchMongod, type MongodParameters } from './launch-mongod.ts'
import { untilReady } from './until-ready.ts'

/** One mongod of a replica set, and the proxy that everybody but its own `command` goes through. */
export interface MongoMember {
  readonly index: number
  /** Where the process itself listens, past the proxy. */
  readonly port: number
  readonly proxy: FaultProxy
  /** The one that runs now. */
  readonly process: RunningProcess
  /**
   * Starts another one on the same data and port, once this one has ended, and waits until it is primary or
   * secondary. A partitioned one never is: it does not find itself under the address the set knows it by.
   */
  startAgain(): Promise<void>
  /**
   * Runs a command on its admin database, past the proxy.
   * @throws Error of the driver, or a TimeoutError when no answer came within `timeoutMs` (1 s)
   */
  command(command: Document, timeoutMs?: number): Promise<Document>
}

/** @param folder for its data; it exists, and is removed at the end */
export async function startMongoMember(
  index: number,
  folder: string,
  parameters: MongodParameters,
): Promise<MongoMember & { close(): Promise<void> }> {
  const port = await freePort()
  const proxy = await startFaultProxy({ target: { host: '127.0.0.1', port } })
  let process = launchMongod(folder, port, parameters)
  const admin = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    appName: 'testing',
    serverSelectionTimeoutMS: 500,
    maxPoolSize: 2,
  })
  const command = (what: Document, timeoutMs = 1_000) =>
    admin.db('admin').command(what, { signal: AbortSignal.timeout(timeoutMs) })
  const close = async () => {
    await admin.close()
    await proxy.close()
    // Its data goes anyway, and a primary that is asked to stop lets everybody finish for many seconds.
    process.signal('SIGKILL')
    await process.exited
    await rm(folder, { recursive: true, force: true })
  }
  try {
    // A client whose first connection failed stays closed until it is told to connect again.
    await untilReady('mongod answers', process, () => admin.connect())
  } catch (error) {
    await close()
    throw error
  }
  return {
    index,
    port,
    proxy,
    get process() {
      return process
    },
    async startAgain() {
      await process.exited
      process = launchMongod(folder, port, parameters)
      await untilReady('mongod is a member again', process, async () => {
        const { secondary, isWritablePrimary } = await command({ hello: 1 })
        return secondary === true || isWritablePrimary === true
      })
    },
    command,
    close,
  }
}
