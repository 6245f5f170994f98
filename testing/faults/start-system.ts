import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { warmUp } from '../load/warm-up.ts'
import { allNodes } from './fault.ts'
import type { Servers } from './start-servers.ts'

const backends = 2

/**
 * Brings up the nodes and backends that faults are done to, and lets them work for a while.
 * @param nodesProxied whether others reach the nodes through proxies that can break the network
 */
export async function startSystem(servers: Servers, nodesProxied: boolean): Promise<Constellation> {
  const { mariadb, mongo, kafka, consulDsn } = servers
  const system = await startConstellation({
    nodes: allNodes.length,
    backends,
    registry: { dsn: consulDsn },
    mongoDsn: mongo.dsn,
    bus: { dsn: kafka.dsn },
    database: {
      DB_HOST: mariadb.host,
      DB_USER: mariadb.user,
      DB_PASSWORD: mariadb.password,
      DB_NAME: mariadb.database,
    },
    node: { proxied: nodesProxied },
  })
  await warmUp(system.backends.map(({ url }) => url))
  return system
}
