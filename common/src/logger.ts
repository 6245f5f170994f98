import { type Logger, pino } from 'pino'

export type { Logger }

/**
 * One JSON line an event on standard output, with time, level and service.
 * Secrets are cut out by name here, so that no call site can forget it.
 */
export function createLogger(service: string, options: { debug?: boolean } = {}): Logger {
  return pino({
    level: options.debug ? 'debug' : 'info',
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['authorization', 'password', 'token', '*.authorization', '*.password', '*.token'],
      censor: '[cut]',
    },
  })
}
