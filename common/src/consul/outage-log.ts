import type { Logger } from '../logger.ts'

/** Tells of an outage when it begins and when it ends, not at each attempt between. */
export interface OutageLog {
  failed(error: unknown): void
  worked(): void
}

/** @param what is done with Consul, as the log line says it, such as `watching dialogue` */
export function createOutageLog(logger: Logger, what: string): OutageLog {
  let lost = false
  return {
    failed(error) {
      if (lost) logger.debug({ err: error }, `${what}: Consul is still lost`)
      else logger.warn({ err: error }, `${what}: lost Consul, trying on`)
      lost = true
    },
    worked() {
      if (lost) logger.info(`${what}: Consul is back`)
      lost = false
    },
  }
}
