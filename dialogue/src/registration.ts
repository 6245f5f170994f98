import { setTimeout as sleep } from 'node:timers/promises'
import { register } from '@roundtable/common/consul/register'
import type { Lifecycle } from '@roundtable/common/lifecycle'
import type { Logger } from '@roundtable/common/logger'
import type { DialogueNode } from './dialogue-node.ts'

/** How long a node serves on after it left the registry: by then every backend has heard of it. */
const serveOnMs = 2_000
/** Longest wait for a registry that does not answer: closing the store must still fit before the deadline. */
const deregisterMs = 3_000

export interface RegistrationOptions {
  lifecycle: Lifecycle
  logger: Logger
  node: DialogueNode
  /** host:port of Consul. */
  consulDsn: string
  /** SERVICE_NAME, and where others reach this node. */
  service: { name: string; host: string; port: number }
}

/**
 * Puts the node on the list that backends choose from, and takes it off before anything else is closed: /ping says
 * draining, the registration goes, requests already on their way are served for two more seconds. A node that closes
 * already is not put on it.
 * @throws ConfigError when another live node holds the id
 */
export async function registerNode(options: RegistrationOptions): Promise<void> {
  const { lifecycle, logger, node, consulDsn, service } = options
  // Told to stop while it started, it listens no more: whoever is sent to it would be refused.
  if (lifecycle.isClosing) return
  const registering = register({
    consulDsn,
    service: { id: node.id, instance: node.instance, ...service },
    logger,
    onHeldByAnother: (holder) => {
      logger.error({ holder }, `${node.id} is now held by another node, leaving`)
      // The one way out, so that this ends in the same order as a stop from outside.
      process.kill(process.pid, 'SIGTERM')
    },
  })
  lifecycle.onClose('registration', async () => {
    node.status = 'draining'
    const registration = await registering.catch(() => undefined)
    // Refused: nobody was ever told of this node.
    if (!registration) return
    await Promise.all([Promise.race([registration.deregister(), sleep(deregisterMs)]), sleep(serveOnMs)])
  })
  await registering
}
