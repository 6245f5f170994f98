import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { busCloseMs, topics } from '@roundtable/common/bus/bus'
import { openBus } from '@roundtable/common/bus/open-bus'
import { runService } from '@roundtable/common/lifecycle'
import { createLogger } from '@roundtable/common/logger'
import { buildApp } from './app.ts'
import { readConfig, type StoreConfig } from './config.ts'
import type { DialogueNode } from './dialogue-node.ts'
import type { DialogueStore } from './dialogue-store.ts'
import { createLateStore } from './late-store.ts'
import { openMongoStore } from './mongo-store.ts'
import type { OnStored } from './on-stored.ts'
import { registerNode } from './registration.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { warmUp } from './warm-up.ts'

const logger = createLogger('dialogue')

await runService(logger, async (lifecycle) => {
  const config = readConfig(process.env)
  if (config.debug) logger.level = 'debug'
  const { id, name, host } = config.service
  const bus = openBus(config.queueDsn, { logger, clientId: id })
  lifecycle.onClose('bus', () => bus.close(busCloseMs))
  const node: DialogueNode = { id, instance: randomUUID(), status: 'starting' }

  const onStored: OnStored = (event) =>
    bus.publish(topics.chatEvents, { key: event.body.cid, name: event.name, body: event.body })
  const store = createLateStore()
  lifecycle.onClose('store', async () => {
    logger.info('disconnecting from the DB...')
    await store.close()
    logger.info('DB connection has been closed')
  })
  const app = buildApp({ logger, store, token: config.token, node })
  lifecycle.onClose('http server', async () => {
    await app.close()
    logger.info('shut down the http server')
  })
  await app.listen({ host: config.listenHost, port: config.service.port })
  const { port } = app.server.address() as AddressInfo
  logger.info({ port }, 'listening')

  // A database that is not there yet keeps the node off the list, not from telling how it is.
  await store.open((signal) => openStore(config.store, { nodeId: id, signal, onStored }))
  await warmUp(store)
  node.status = 'ok'
  await registerNode({ lifecycle, logger, node, consulDsn: config.consulDsn, service: { name, host, port } })
})

function openStore(
  config: StoreConfig,
  options: { nodeId: string; signal: AbortSignal; onStored: OnStored },
): Promise<DialogueStore> {
  return config.kind === 'sqlite'
    ? openSqliteStore(config.path, options)
    : openMongoStore({ ...config, ...options, logger })
}
