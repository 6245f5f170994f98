import { startConsul } from '../servers/consul.ts'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'
import { freePort } from '../servers/free-port.ts'
import { startKafka } from '../servers/kafka.ts'
import { startMariadb } from '../servers/mariadb.ts'
import { type MongoReplicaSet, startMongoReplicaSet } from '../servers/mongo-replica-set.ts'

/** The real servers that the product runs on. */
export interface Servers {
  readonly mongo: MongoReplicaSet
  readonly mariadb: Awaited<ReturnType<typeof startMariadb>>
  readonly kafka: Awaited<ReturnType<typeof startKafka>>
  /** Where services find the registry: a proxy, so that it can be broken or moved elsewhere. */
  readonly consulProxy: FaultProxy
  readonly consulDsn: string
  /** The registry itself. */
  readonly consul: {
    readonly port: number
    readonly process: Awaited<ReturnType<typeof startConsul>>['process']
  }
  /** Starts the registry again where it was, empty, once it has ended. */
  startConsulAgain(): Promise<void>
  close(): Promise<void>
}

/** Of the replica sets in deployment/sharder and docker-compose.dialogue.yml. */
const asDeployed = {
  settings: { electionTimeoutMillis: 4_000, heartbeatIntervalMillis: 100, catchUpTimeoutMillis: 2_000 },
  parameters: { oplogFetcherSteadyStateMaxFetcherRestarts: 0, oplogNetworkTimeoutBufferSeconds: 1 },
}

/** @param mongoProxied whether members of MongoDB can be cut off */
export async function startServers(mongoProxied = false): Promise<Servers> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    await Promise.all(closers.splice(0).map((closeOne) => closeOne()))
  }
  try {
    const mongo = await startMongoReplicaSet({ ...asDeployed, proxied: mongoProxied })
    closers.push(() => mongo.close())
    let consul = await startConsul()
    closers.push(() => consul.process.stop())
    const consulProxy = await startFaultProxy({
      port: await freePort(),
      target: { host: '127.0.0.1', port: consul.port },
    })
    closers.push(() => consulProxy.close())
    const mariadb = await startMariadb()
    closers.push(() => mariadb.close())
    const kafka = await startKafka()
    closers.push(() => kafka.close())
    return {
      mongo,
      mariadb,
      kafka,
      consulProxy,
      consulDsn: `127.0.0.1:${consulProxy.port}`,
      get consul() {
        return consul
      },
      async startConsulAgain() {
        await consul.process.exited
        consul = await startConsul(consul.port)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
