/**
 * `make faultsInContainers`: stops, kills and pauses a node of the system in containers, and restarts its Consul, while
 * users work. The system must be up (`make upWithConsul`). RUNS=3 how often each; RATE=100 requests a second; OUT=file.
 */
import { writeFile } from 'node:fs/promises'
import { endBySignal } from '../faults/end-by-signal.ts'
import { readNumber } from '../faults/read-number.ts'
import { warmUp } from '../load/warm-up.ts'
import { formatReport, type RunResult } from '../report/report.ts'
import { api, containerFaults, runContainerFault } from './container-faults.ts'

endBySignal()
const runs = readNumber('RUNS', 3)
const ratePerS = readNumber('RATE', 100)
const results: RunResult[] = []
process.stderr.write('warming up\n')
await warmUp([api])
for (const fault of containerFaults) {
  for (let run = 1; run <= runs; run++) {
    const result = await runContainerFault(fault, { run, ratePerS, holdMs: 10_000, random: Math.random })
    results.push(result)
    const { requests, failed } = result.figures
    process.stderr.write(
      `${fault.name} ${run}/${runs}: ${requests} requests, ${failed} failed ${result.missed.join('; ') || 'ok'}\n`,
    )
  }
}
const report = formatReport(results)
process.stdout.write(`\n${report}\n`)
if (process.env.OUT) await writeFile(process.env.OUT, `${report}\n`)
process.exitCode = results.some(({ missed }) => missed.length > 0) ? 1 : 0
