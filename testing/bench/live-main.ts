/**
 * `make bench-live`: what live sockets cost and how soon messages are seen, embedded and on a mongod, a Consul and a Kafka,
 * beside what was measured of Tinode and Centrifugo. SOCKETS=5000 idle ones; DRAW=false leaves docs/performance.md alone.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { endBySignal } from '../faults/end-by-signal.ts'
import { readNumber } from '../faults/read-number.ts'
import { isInstalled } from '../servers/is-installed.ts'
import { repositoryRoot } from '../servers/repository-root.ts'
import { formatLive } from './live-report.ts'
import { type LiveForm, startLiveSystem } from './live-system.ts'
import {
  countLost,
  type LiveFigures,
  measureCatchUp,
  measureFanOut,
  measureIdle,
  measureSteady,
  openRoomsApart,
} from './measure-live.ts'
import { replaceBetween } from './replace-between.ts'

endBySignal()
const sockets = readNumber('SOCKETS', 5_000)
const rates = [400, 600, 900, 1_300, 1_800]
const comfortableMs = 50
const say = (line: string): void => void process.stderr.write(`${line}\n`)

const forms: LiveForm[] = ['embedded']
if (['mongod', 'consul', 'kafka-server'].every((name) => isInstalled(name as 'mongod'))) forms.push('servers')
const figures = new Map<LiveForm, LiveFigures>()
for (const form of forms) figures.set(form, await measure(form))
const report = formatLive(figures, sockets)
process.stdout.write(`\n${report}\n`)
if (process.env.DRAW !== 'false') {
  const file = join(repositoryRoot, 'docs', 'performance.md')
  await writeFile(
    file,
    replaceBetween(await readFile(file, 'utf8'), '<!-- live -->', '<!-- /live -->', report),
  )
  say(`written into ${file}`)
}

async function measure(form: LiveForm): Promise<LiveFigures> {
  say(`${form}: starting`)
  const live = await startLiveSystem(form, Math.max(sockets, 200))
  const told = <T>(what: string, value: T): T => {
    say(`${form}: ${what}: ${JSON.stringify(value)}`)
    return value
  }
  try {
    const idle = told('idle sockets', await measureIdle(live, sockets))
    const rooms = await openRoomsApart(live, 20, 10)
    await measureSteady(live, rooms, { ratePerS: 200, seconds: 10 })
    const steady = told('steady', await measureSteady(live, rooms, { ratePerS: 200, seconds: 15 }))
    const fanOut = told('a chat of 200', await measureFanOut(live, live.members.slice(0, 200), 50))
    const catchUp = told('catching up', await measureCatchUp(live, rooms.slice(0, 10), 100))
    let comfortableRate = 0
    for (const ratePerS of rates) {
      const { p99 } = told(`${ratePerS}/s`, await measureSteady(live, rooms, { ratePerS, seconds: 5 }))
      if (p99 > comfortableMs) break
      comfortableRate = ratePerS
    }
    const { lost } = told('backend killed', await countLost(live, rooms))
    const { p50: steadyP50, p99: steadyP99, cpuPerDelivery, storeCpuPerDelivery } = steady
    return {
      ...idle,
      ...fanOut,
      ...catchUp,
      ...{ steadyP50, steadyP99, cpuPerDelivery, storeCpuPerDelivery, comfortableRate, lost },
    }
  } finally {
    await live.close()
  }
}
