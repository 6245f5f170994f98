import { ConfigError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { backOffMs } from './back-off.ts'
import { type Clock, systemClock } from './clock.ts'
import { findLiveHolder } from './find-live-holder.ts'
import { createOutageLog } from './outage-log.ts'
import { createRegistryAgent } from './registry-agent.ts'
import type { ServiceDescription, ServiceInstance } from './service-instance.ts'

/** How often to look whether the registration stands, in ms, give or take a fifth. */
const lookEveryMs = 4_000
/** Longest a leaving node waits for Consul, in ms: it then drops the node by its failing check. */
const deregisterWithinMs = 1_000

export interface RegisterOptions {
  /** host:port of Consul. */
  consulDsn: string
  /** This run of this node; it must listen already. */
  service: ServiceDescription
  logger: Logger
  /** Called once, when another live node is found to hold our id later than at start; mending has ended then. */
  onHeldByAnother: (holder: ServiceInstance) => void
  random?: () => number
  clock?: Clock
}

export interface Registration {
  /** Ends the mending and takes the registration back, if it is still that of this run. Never throws. */
  deregister(): Promise<void>
}

/**
 * Registers a node with its health check and keeps the registration as it was made: it is looked at every 4 s and
 * mended when it is gone or changed. A Consul that is away stops nobody: the node is registered once it is back.
 * @throws ConfigError naming the holder, when another live node holds the id
 */
export async function register(options: RegisterOptions): Promise<Registration> {
  const { service, logger, onHeldByAnother, random = Math.random, clock = systemClock } = options
  const agent = createRegistryAgent(options.consulDsn)
  const outage = createOutageLog(logger, `registering ${service.id}`)
  const stopping = new AbortController()
  const givingUp = new AbortController()
  let failures = 0
  let wasRegistered = false

  /** Makes the registration ours, unless another live node holds it. */
  async function claim(): Promise<ServiceInstance | undefined> {
    const current = await agent.find(service.id, stopping.signal)
    if (current && isSame(current, service)) return undefined
    if (current && current.instance !== service.instance) {
      const holder = await findLiveHolder(current, service, stopping.signal)
      if (holder) return holder
    }
    // Not to be cut off by stopping: what Consul has got of it might still be done after the deregistration.
    await agent.put(service, givingUp.signal)
    logger[wasRegistered ? 'warn' : 'info'](
      { id: service.id, host: service.host, port: service.port, instance: service.instance, before: current },
      wasRegistered ? 'the registration was gone or changed: registered again' : 'registered',
    )
    wasRegistered = true
    return undefined
  }

  async function tryToClaim(): Promise<ServiceInstance | undefined> {
    try {
      const holder = await claim()
      outage.worked()
      failures = 0
      return holder
    } catch (error) {
      if (stopping.signal.aborted) return undefined
      outage.failed(error)
      failures++
      return undefined
    }
  }

  async function mend(): Promise<void> {
    for (;;) {
      const pause = failures > 0 ? backOffMs(failures, random) : lookEveryMs * (0.8 + 0.4 * random())
      await clock.sleep(pause, stopping.signal)
      if (stopping.signal.aborted) return
      const holder = await tryToClaim()
      if (!holder) continue
      onHeldByAnother(holder)
      return
    }
  }

  async function takeBack(): Promise<void> {
    stopping.abort()
    const deadline = setTimeout(() => givingUp.abort(), deregisterWithinMs)
    try {
      await mending
      // Consul knows no conditional deregistration: this is as close as one can look before it.
      const current = await agent.find(service.id, givingUp.signal)
      if (current?.instance !== service.instance) return
      await agent.remove(service.id, givingUp.signal)
      logger.info({ id: service.id }, 'deregistered')
    } catch (error) {
      logger.warn(
        { err: error, id: service.id },
        'could not deregister: Consul will drop us as we fail its check',
      )
    } finally {
      clearTimeout(deadline)
    }
  }

  const holder = await tryToClaim()
  if (holder) {
    throw new ConfigError(
      `SERVICE_ID ${holder.id} is held by another live node at ${holder.host}:${holder.port}: ` +
        'stop that one or choose another id',
    )
  }
  const mending = mend()
  let takenBack: Promise<void> | undefined
  return {
    deregister() {
      takenBack ??= takeBack()
      return takenBack
    },
  }
}

function isSame(a: ServiceDescription, b: ServiceDescription): boolean {
  return a.name === b.name && a.host === b.host && a.port === b.port && a.instance === b.instance
}
