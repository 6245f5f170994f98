import { ConfigError } from './errors.ts'
import type { Logger } from './logger.ts'

/**
 * What a process has opened, closed in reverse order. Whoever opens something registers its closing on the next
 * line, so that a failure half way through start-up closes just what was open by then. What is opened while the rest
 * is being closed is closed next.
 */
export class Lifecycle {
  readonly #closers: { name: string; close: () => unknown }[] = []
  readonly #logger: Logger
  #closing: Promise<void> | undefined

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** @param name says in the log which closing failed. */
  onClose(name: string, close: () => unknown): void {
    this.#closers.push({ name, close })
  }

  /** Whether closing has begun. */
  get isClosing(): boolean {
    return this.#closing !== undefined
  }

  /** Closes everything, last opened first; one that fails is logged and does not keep the others open. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    for (let last = this.#closers.pop(); last; last = this.#closers.pop()) {
      const { name, close } = last
      try {
        await close()
      } catch (error) {
        this.#logger.error({ err: error, resource: name }, 'could not close')
      }
    }
  }
}

/** Longest time from the signal to the end of the process, below the 15 s that containers are given. */
export const shutdownDeadlineMs = 8_000

/**
 * Runs a service until SIGTERM or SIGINT, then closes what it opened, in order, and ends the process.
 * A fault at start closes what was open, says one line and ends with code 1.
 * @param start opens everything, registering each closing with the lifecycle.
 */
export async function runService(
  logger: Logger,
  start: (lifecycle: Lifecycle) => Promise<void>,
): Promise<void> {
  const lifecycle = new Lifecycle(logger)
  const stop = async (code: number): Promise<void> => {
    const deadline = setTimeout(() => {
      logger.error({ deadlineMs: shutdownDeadlineMs }, 'did not shut down in time, exiting all the same')
      process.exit(code || 1)
    }, shutdownDeadlineMs)
    deadline.unref()
    await lifecycle.close()
    process.exit(code)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'received the terminated call, shutting down')
      void stop(0)
    })
  }
  try {
    await start(lifecycle)
  } catch (error) {
    // Stopped before it was up: what that cut short is no fault.
    if (lifecycle.isClosing) return
    if (error instanceof ConfigError) logger.fatal(error.message)
    else logger.fatal({ err: error }, 'could not start')
    await stop(1)
  }
}
