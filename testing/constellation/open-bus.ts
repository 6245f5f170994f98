import { startKafka } from '../servers/kafka.ts'
import { startLocalBus } from '../servers/local-bus.ts'

/** What carries the events of a constellation. */
export interface RunningBus {
  /** BUS_DSN and QUEUE_DSN */
  readonly dsn: string
  /** Ends it at once, as a machine that loses power does. */
  kill(): Promise<void>
  /** Starts it again in its place, once it was killed. */
  startAgain(): Promise<void>
}

/** @param closers get what ends the bus, when it was started here */
export async function openBus(
  choice: 'local' | 'kafka' | { dsn: string },
  closers: (() => Promise<unknown>)[],
): Promise<RunningBus> {
  if (typeof choice === 'object') {
    const refuse = () => Promise.reject(new Error('this bus is not ours'))
    return { dsn: choice.dsn, kill: refuse, startAgain: refuse }
  }
  if (choice === 'kafka') {
    const kafka = await startKafka()
    closers.push(kafka.close)
    return {
      dsn: kafka.dsn,
      async kill() {
        kafka.process.signal('SIGKILL')
        await kafka.process.exited
      },
      startAgain: kafka.startAgain,
    }
  }
  let local = await startLocalBus()
  closers.push(() => local.process.stop())
  return {
    dsn: local.dsn,
    async kill() {
      local.process.signal('SIGKILL')
      await local.process.exited
    },
    async startAgain() {
      local = await startLocalBus(local.port)
    },
  }
}
