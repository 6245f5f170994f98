import { type Logger, pino } from 'pino'

export type { Logger }

/** Lines are written together, as each write costs as much as many lines: a little less than pino writes at once. */
const batchBytes = 16_000
/** How late a line may come, in ms; a process that is killed takes those with it. */
const flushEveryMs = 100

// Synchronous: at the end of the process lines still on their way would come after later ones, or not at all.
const standardOutput = pino.destination({
  dest: 1,
  sync: true,
  minLength: batchBytes,
  periodicFlush: flushEveryMs,
})
process.on('exit', () => standardOutput.flushSync())

/**
 * One JSON line an event on standard output, with time, level and service.
 * Secrets are cut out by name here, so that no call site can forget it.
 */
export function createLogger(service: string, options: { debug?: boolean } = {}): Logger {
  const settings = {
    level: options.debug ? 'debug' : 'info',
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: ['authorization', 'password', 'token', '*.authorization', '*.password', '*.token'],
      censor: '[cut]',
    },
  }
  return pino(settings, standardOutput)
}
