import type { Constellation } from '../constellation/start-constellation.ts'
import { waitUntil } from '../servers/wait-until.ts'
import type { Fault } from './fault.ts'
import { isWhole } from './is-whole.ts'
import type { RunResult } from './report.ts'
import { runFault } from './run-fault.ts'
import type { Servers } from './start-servers.ts'
import { startSystem } from './start-system.ts'

/** How long a system may take to be whole again before it is replaced by a new one. */
const patienceMs = 15_000

export interface FaultStage {
  /** Runs a fault on a system that is whole. */
  run(fault: Fault, run: number): Promise<RunResult>
  close(): Promise<void>
}

/** Keeps a system up on the servers, in the form that each fault needs, and brings up a new one when it stays broken. */
export function createFaultStage(options: {
  servers: Servers
  isLong: boolean
  timesCount: boolean
  ratePerS: number
  random: () => number
}): FaultStage {
  const { servers, ...rest } = options
  let system: Constellation | undefined
  let isProxied = false

  async function wholeSystem(proxied: boolean): Promise<Constellation> {
    const now = system
    if (now && isProxied === proxied) {
      const whole = waitUntil('the system is whole', () => isWhole(now), patienceMs)
      if (
        await whole.then(
          () => true,
          () => false,
        )
      )
        return now
    }
    await system?.close()
    isProxied = proxied
    system = await startSystem(servers, proxied)
    return system
  }

  return {
    async run(fault, run) {
      return await runFault({
        fault,
        run,
        system: await wholeSystem(fault.proxied ?? false),
        servers,
        ...rest,
      })
    },
    async close() {
      await system?.close()
    },
  }
}
