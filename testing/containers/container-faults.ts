import { setTimeout as sleep } from 'node:timers/promises'
import { createApiClient } from '../load/api-client.ts'
import { readTopology, whoServes } from '../load/read-topology.ts'
import { runUnderLoad } from '../load/run-under-load.ts'
import { whatFailed } from '../load/what-failed.ts'
import type { RunResult } from '../report/report.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { runCommand } from './run-command.ts'

/** Where the compose files publish the backend. */
export const api = 'http://127.0.0.1:8007'
const nodes = 'dialogue01,dialogue02'

/** What is done to a container, and what mends it again. */
export interface ContainerFault {
  readonly name: string
  readonly title: string
  readonly breaking: readonly string[]
  readonly mending?: readonly string[]
}

export const containerFaults: readonly ContainerFault[] = [
  {
    name: 'dockerStop',
    title: 'docker stop dialogue02, docker start',
    breaking: ['stop', 'dialogue02'],
    mending: ['start', 'dialogue02'],
  },
  {
    name: 'dockerKill',
    title: 'docker kill dialogue02, docker start',
    breaking: ['kill', 'dialogue02'],
    mending: ['start', 'dialogue02'],
  },
  {
    name: 'dockerPause',
    title: 'docker pause dialogue02, docker unpause',
    breaking: ['pause', 'dialogue02'],
    mending: ['unpause', 'dialogue02'],
  },
  { name: 'dockerRestartConsul', title: 'docker restart consul', breaking: ['restart', 'consul'] },
]

/** Breaks and mends a container of the system that is up, while users work. */
export async function runContainerFault(
  fault: ContainerFault,
  options: { run: number; ratePerS: number; holdMs: number; random: () => number },
): Promise<RunResult> {
  const { run, ratePerS, holdMs, random } = options
  const client = createApiClient(() => [api])
  let rightAfterMs = Number.NaN
  try {
    const findings = await runUnderLoad({
      client,
      ratePerS,
      random,
      async meanwhile({ crowd }) {
        await runCommand('docker', ...fault.breaking)
        await sleep(holdMs)
        if (fault.mending) await runCommand('docker', ...fault.mending)
        const from = performance.now()
        await waitUntil(
          'both nodes serve again',
          async () => whoServes(await readTopology(client, crowd[0]?.token ?? '', 0)) === nodes,
        )
        rightAfterMs = performance.now() - from
      },
    })
    const { figures, violations, staleAcrossUsers } = findings
    return {
      fault: fault.name,
      title: fault.title,
      run,
      figures,
      violations,
      staleAcrossUsers,
      rightAfterMs,
      notes: {},
      missed: whatFailed(findings, () => false),
    }
  } finally {
    await client.close()
  }
}
