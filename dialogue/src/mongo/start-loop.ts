import type { Logger } from '@roundtable/common/logger'

/** Work done again and again behind the answers. */
export interface Loop {
  /** Ends it, once the work under way is done. */
  stop(): Promise<void>
}

/** Does the work one time after the other; a failure is logged once until it works again. */
export function startLoop(options: {
  /** What is done, as the log says it. */
  name: string
  everyMs: number
  work: () => Promise<void>
  logger: Logger
}): Loop {
  const { name, everyMs, work, logger } = options
  let failing = false
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout

  async function run(): Promise<void> {
    try {
      await work()
      failing = false
    } catch (error) {
      if (!failing) logger.warn({ err: error }, `${name} failed, going on`)
      failing = true
    }
    if (!stopped) schedule()
  }
  function schedule(): void {
    // Nodes started together must not do it together.
    timer = setTimeout(() => (running = run()), everyMs * (0.9 + Math.random() * 0.2)).unref()
  }
  schedule()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
