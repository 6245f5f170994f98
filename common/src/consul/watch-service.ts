import type { Logger } from '../logger.ts'
import { backOffMs } from './back-off.ts'
import { type ConsulAnswer, callConsul } from './call-consul.ts'
import { type Clock, systemClock } from './clock.ts'
import { readHealthAnswer } from './health-answer.ts'
import { createOutageLog } from './outage-log.ts'
import { createPace } from './pace.ts'
import type { ServiceInstance } from './service-instance.ts'

/** How long one question may wait for a change, in ms. */
const longestWaitMs = 10_000
/** Consul adds up to a sixteenth to the wait; what is over that is for the way there and back. */
const graceMs = 2_700

export interface ServiceWatchOptions {
  /** host:port of Consul. */
  consulDsn: string
  /** Name of the service. */
  service: string
  logger: Logger
  /** Gets every good answer: the healthy instances, sorted by id, one a host:port. None may be an answer too. */
  onInstances: (instances: readonly ServiceInstance[]) => void
  random?: () => number
  clock?: Clock
  /** How long one question may wait for a change, in ms. */
  waitMs?: number
}

export interface ServiceWatch {
  /** Ends the watch; nothing is told any more from this moment on. */
  close(): Promise<void>
}

/**
 * Follows who is healthy, for ever, by blocking queries
 * (https://developer.hashicorp.com/consul/api-docs/features/blocking): a change is told as soon as Consul has it.
 * Whatever Consul does, it is asked at most twice a second; what cannot be read is never told.
 */
export function watchService(options: ServiceWatchOptions): ServiceWatch {
  const { service, logger, onInstances, random = Math.random, clock = systemClock } = options
  const closing = new AbortController()
  const outage = createOutageLog(logger, `watching ${service}`)
  let leftOut: readonly string[] = []

  async function ask(index: number): Promise<ConsulAnswer> {
    const waitMs = options.waitMs ?? longestWaitMs
    // Index 0 is answered at once, so a Consul that hangs is noticed early.
    const timeoutMs = graceMs + (index === 0 ? 0 : waitMs)
    const query = { service, passing: true, stale: true, ...(index > 0 && { index, wait: `${waitMs}ms` }) }
    return callConsul(options.consulDsn, { timeoutMs, signal: closing.signal }, (consul, common) =>
      consul.health.service({ ...query, ...common }),
    )
  }

  function tell(answer: ReturnType<typeof readHealthAnswer>): void {
    for (const entry of answer.unusable) {
      if (!leftOut.includes(entry)) logger.warn(`${service}: left out ${entry}, which is no usable address`)
    }
    leftOut = answer.unusable
    onInstances(answer.instances)
  }

  async function watch(): Promise<void> {
    const pace = createPace({ perSecond: 2, burst: 2 })
    let index = 0
    let failures = 0
    for (;;) {
      await clock.sleep(pace(clock.now()), closing.signal)
      if (closing.signal.aborted) return
      try {
        const answer = readHealthAnswer(await ask(index))
        if (closing.signal.aborted) return
        index = nextIndex(index, answer.index)
        failures = 0
        outage.worked()
        tell(answer)
      } catch (error) {
        if (closing.signal.aborted) return
        index = 0
        failures++
        outage.failed(error)
        await clock.sleep(backOffMs(failures, random), closing.signal)
      }
    }
  }

  const ended = watch()
  return {
    async close() {
      closing.abort()
      await ended
    },
  }
}

/**
 * The index of the next question. Below 1 Consul would not wait; one that went back is of another Consul, or one
 * restored, and waiting for it to be passed again could take for ever: 0 asks for the whole answer at once.
 */
function nextIndex(asked: number, told: number): number {
  const sane = Math.max(1, told)
  return sane < asked ? 0 : sane
}
