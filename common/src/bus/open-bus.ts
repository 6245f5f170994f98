import type { Logger } from '../logger.ts'
import type { Bus } from './bus.ts'
import { openKafkaBus } from './kafka-bus.ts'
import { openLocalBus } from './local-bus.ts'

/**
 * Opens the bus that a DSN names. It connects in the background, with the first event or subscription.
 * @param dsn `local:<port>` or a comma list of Kafka brokers, as BusDsnVar checks it
 * @param options.clientId who asks, as Kafka's own logs show it
 */
export function openBus(dsn: string, options: { logger: Logger; clientId: string }): Bus {
  const local = /^local:(\d+)$/.exec(dsn)
  return local
    ? openLocalBus({ port: Number(local[1]), logger: options.logger })
    : openKafkaBus({ ...options, brokers: dsn.split(',') })
}
