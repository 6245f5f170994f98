import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { busCloseMs } from '@roundtable/common/bus/bus'
import { openBus } from '@roundtable/common/bus/open-bus'
import { watchService } from '@roundtable/common/consul/watch-service'
import { type Lifecycle, runService } from '@roundtable/common/lifecycle'
import { createLogger } from '@roundtable/common/logger'
import { buildApp } from './app.ts'
import { openAuth } from './auth/open-auth.ts'
import { DialogueClient } from './balancing/dialogue-client.ts'
import { NodeList } from './balancing/node-list.ts'
import { startProber } from './balancing/prober.ts'
import { createSqlBlocksStore } from './blocks/sql-blocks-store.ts'
import { type Config, readConfig } from './config.ts'
import { type Database, openDatabase } from './database/open-database.ts'
import { migrateWhenReachable } from './database/run-migrations.ts'
import { createSqlFriendsStore } from './friends/sql-friends-store.ts'
import { createDialogueChatLog } from './live/dialogue-chat-log.ts'
import { openLive } from './live/open-live.ts'
import { createSqlNewsStore } from './news/sql-news-store.ts'
import { followTrustedProxies } from './trusted-proxies.ts'
import { createUserEvents } from './user-events.ts'
import { createSqlUsersStore } from './users/sql-users-store.ts'

/** How long the backend serves on after it has said that it is no longer ready. */
const lingerMs = 1_000
const databasePatienceMs = 60_000

const logger = createLogger('backend')

await runService(logger, async (lifecycle) => {
  const config = readConfig(process.env)
  if (config.debug) logger.level = 'debug'
  const bus = openBus(config.bus.dsn, { logger, clientId: 'backend' })
  lifecycle.onClose('bus', () => bus.close(busCloseMs))
  const state = { draining: false }

  await migrateWhenReachable(config, { logger, patienceMs: databasePatienceMs })
  const database = openUsersDatabase(config, lifecycle)
  const onNews = createUserEvents(bus, config.bus.topic)
  const { jwtSecret } = config
  const { tokens, auth } = await openAuth({ jwtSecret, database, logger, lifecycle, onNews })
  const { nodes, dialogue } = openDialogue(config, lifecycle)
  const proxies = await followTrustedProxies(config.trustedProxies, logger)
  lifecycle.onClose('trusted proxies', () => proxies.close())

  const news = createSqlNewsStore(database)
  const live = openLive({
    log: createDialogueChatLog(dialogue),
    news,
    bus,
    userEventsTopic: config.bus.topic,
    tokens,
    logger,
  })

  const app = await buildApp({
    logger,
    state,
    users: createSqlUsersStore(database),
    friends: createSqlFriendsStore(database),
    blocks: createSqlBlocksStore(database),
    news,
    onNews,
    onBlock: (uid, friendId) => onNews({ name: 'block', uid, friendId, ts: Math.floor(Date.now() / 1000) }),
    live,
    auth,
    tokens,
    nodes,
    dialogue,
    isTrustedProxy: proxies.isTrusted,
  })
  lifecycle.onClose('http server', async () => {
    await app.close()
    logger.info('shut down the http server')
  })
  await app.listen({ host: config.host, port: config.port })
  const { port } = app.server.address() as AddressInfo
  logger.info({ port }, 'listening')
  lifecycle.onClose('readiness', async () => {
    state.draining = true
    await sleep(lingerMs)
  })
})

function openUsersDatabase(config: Config, lifecycle: Lifecycle): Database {
  const database = openDatabase(config.database)
  lifecycle.onClose('database', async () => {
    logger.info('disconnecting from the DB...')
    await database.destroy()
    logger.info('DB connection has been closed')
  })
  return database
}

function openDialogue(config: Config, lifecycle: Lifecycle): { nodes: NodeList; dialogue: DialogueClient } {
  const nodes = new NodeList({ logger, initial: config.dialogue.initial })
  const prober = startProber({ nodes })
  lifecycle.onClose('prober', () => prober.close())
  const client = new DialogueClient({
    nodes,
    token: config.dialogue.token,
    logger,
    onSuspect: (node) => prober.probe(node),
  })
  lifecycle.onClose('dialogue client', () => client.close())
  const watch = watchService({
    consulDsn: config.consulDsn,
    service: config.dialogue.name,
    logger,
    onInstances: (instances) => nodes.apply(instances),
  })
  lifecycle.onClose('registry watch', () => watch.close())
  return { nodes, dialogue: client }
}
