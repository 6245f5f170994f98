/**
 * `make soak MINUTES=30`: breaks a running system at random while users work, and tells what they saw and what it has grown.
 * SEED=n gives the faults of an earlier run again; RATE=200 requests a second; FAULT=kill9,frozen picks of some only;
 * OUT=file where the figures go, beside the screen.
 */
import { writeFile } from 'node:fs/promises'
import { chooseFaults } from '../faults/all-faults.ts'
import { endBySignal } from '../faults/end-by-signal.ts'
import { readNumber } from '../faults/read-number.ts'
import { startServers } from '../faults/start-servers.ts'
import { startSystem } from '../faults/start-system.ts'
import { soak } from './soak.ts'
import { formatSoak } from './soak-report.ts'

endBySignal()
const minutes = readNumber('MINUTES', 30)
const ratePerS = readNumber('RATE', 200)
const seed = readNumber('SEED', 1 + (Date.now() % 999_999))
const say = (line: string): void => void process.stderr.write(`${line}\n`)

const faults = chooseFaults(process.env.FAULT).filter((fault) => fault.soak && !fault.proxied)
if (faults.length === 0) throw new Error(`FAULT: none of ${process.env.FAULT} is fit for a soak`)
say(`a soak of ${minutes} minutes: SEED=${seed} gives the same faults again`)
const closers: (() => Promise<void>)[] = []
try {
  const servers = await startServers()
  closers.push(() => servers.close())
  const system = await startSystem(servers, false)
  closers.push(() => system.close())
  const result = await soak({ system, servers, faults, minutes, seed, ratePerS, say })
  const report = formatSoak(result)
  process.stdout.write(`\n${report}\n`)
  if (process.env.OUT) await writeFile(process.env.OUT, `${report}\n`)
  process.exitCode = result.missed.length === 0 ? 0 : 1
} finally {
  for (const close of closers.reverse()) await close()
}
