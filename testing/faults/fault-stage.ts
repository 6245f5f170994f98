import type { Constellation } from '../constellation/start-constellation.ts'
import type { RunResult } from '../report/report.ts'
import { waitUntil } from '../servers/wait-until.ts'
import type { Fault, Proxied } from './fault.ts'
import { isWhole } from './is-whole.ts'
import { runFault } from './run-fault.ts'
import { type Servers, startServers } from './start-servers.ts'
import { startSystem } from './start-system.ts'

/** How long a system may take to be whole again before it is replaced by a new one. */
const patienceMs = 15_000

export interface FaultStage {
  /** Runs a fault on a system that is whole. */
  run(fault: Fault, run: number): Promise<RunResult>
  close(): Promise<void>
}

export interface FaultStageOptions {
  isLong: boolean
  timesCount: boolean
  ratePerS: number
  random: () => number
  /** Is told what takes a while. */
  say: (line: string) => void
}

/** Keeps servers and a system up in the form that each fault needs, and brings up new ones when they stay broken. */
export function createFaultStage({ say, ...options }: FaultStageOptions): FaultStage {
  let stage: { form: Proxied; servers: Servers; system: Constellation } | undefined

  async function close(): Promise<void> {
    await stage?.system.close()
    await stage?.servers.close()
    stage = undefined
  }

  async function wholeStage(form: Proxied) {
    if (stage?.form === form && (await becomesWhole(stage.system))) return stage
    await close()
    say('starting three mongod, Consul, MariaDB, Kafka, three nodes and two backends')
    const servers = await startServers(form === 'mongo')
    try {
      stage = { form, servers, system: await startSystem(servers, form === 'nodes') }
    } catch (error) {
      await servers.close()
      throw error
    }
    return stage
  }

  return {
    async run(fault, run) {
      const { servers, system } = await wholeStage(fault.proxied ?? 'nothing')
      return await runFault({ fault, run, system, servers, ...options })
    },
    close,
  }
}

async function becomesWhole(system: Constellation): Promise<boolean> {
  const whole = waitUntil('the system is whole', () => isWhole(system), patienceMs)
  return await whole.then(
    () => true,
    () => false,
  )
}
