/**
 * `make faults`: breaks a running system in every way of the failure table while users are at work, and tells what they saw.
 * FAULT=kill9,frozen runs some; RUNS=3 how often each; SHORT=true the short setting; RATE=200 requests a second;
 * SEED=n the same choices of the load; OUT=file where the table goes, beside the screen.
 */
import { writeFile } from 'node:fs/promises'
import { createRandom } from '@roundtable/tools/seed/seeded-random'
import { formatReport, type RunResult } from '../report/report.ts'
import { chooseFaults } from './all-faults.ts'
import { endBySignal } from './end-by-signal.ts'
import { createFaultStage } from './fault-stage.ts'
import { readNumber } from './read-number.ts'

endBySignal()
const runs = readNumber('RUNS', 3)
const ratePerS = readNumber('RATE', 200)
const seed = readNumber('SEED', 1 + (Date.now() % 999_999))
const say = (line: string): void => void process.stderr.write(`${line}\n`)

const faults = chooseFaults(process.env.FAULT)
const random = createRandom(seed)
const stage = createFaultStage({
  say,
  isLong: process.env.SHORT !== 'true',
  timesCount: true,
  ratePerS,
  random: () => random.next(),
})
const results: RunResult[] = []
try {
  for (const [place, fault] of faults.entries()) {
    for (let run = 1; run <= runs; run++) {
      const begun = performance.now()
      const result = await stage.run(fault, run)
      results.push(result)
      const seconds = ((performance.now() - begun) / 1_000).toFixed(0)
      const { requests, failed, p99Ms } = result.figures
      say(
        `${place + 1}/${faults.length} ${fault.name} ${run}/${runs}: ${requests} requests, ${failed} failed, ` +
          `${result.violations.length} wrong, p99 ${Math.round(p99Ms)} ms, ${seconds} s ` +
          `${result.missed.length === 0 ? 'ok' : `MISSED: ${result.missed.join('; ')}`}`,
      )
    }
  }
} finally {
  await stage.close()
}
const report = formatReport(results)
process.stdout.write(`\n${report}\n`)
if (process.env.OUT) await writeFile(process.env.OUT, `${report}\n`)
say(`SEED=${seed}`)
process.exitCode = results.some(({ missed }) => missed.length > 0) ? 1 : 0
