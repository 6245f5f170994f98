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
import { measureBareLive } from './measure-bare-live.ts'
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
/** Messages a second. */
const usualRate = 200
const rates = [usualRate, 400, 600, 900, 1_300, 1_800]
const comfortableMs = 50
const [chats, chatSize] = [20, 10]
/** A program just started takes half as much CPU again for its first thousands of requests. */
const warmUpSeconds = 30
const say = (line: string): void => void process.stderr.write(`${line}\n`)

const forms: LiveForm[] = ['embedded']
if (['mongod', 'consul', 'kafka-server'].every((name) => isInstalled(name as 'mongod'))) forms.push('servers')
const figures = new Map<LiveForm, LiveFigures>()
for (const form of forms) figures.set(form, await measure(form))
say('the least that live messages take in Node')
const least = await measureBareLive({ count: chats, size: chatSize }, { ratePerS: usualRate, seconds: 15 })
const report = formatLive(figures, least, sockets)
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
    const rooms = await openRoomsApart(live, chats, chatSize)
    await measureSteady(live, rooms, { ratePerS: usualRate, seconds: warmUpSeconds })
    const shape = { ratePerS: usualRate, seconds: 15 }
    const steady = told('steady', await measureSteady(live, rooms, shape))
    const other = { ...live, client: live.otherClient }
    await measureSteady(other, rooms, { ratePerS: usualRate, seconds: warmUpSeconds })
    const across = told('through the other backend', await measureSteady(other, rooms, shape))
    let comfortableRate = 0
    for (const ratePerS of rates) {
      const { p99 } = told(`${ratePerS}/s`, await measureSteady(live, rooms, { ratePerS, seconds: 10 }))
      if (p99 > comfortableMs) break
      comfortableRate = ratePerS
    }
    const catchUp = told('catching up', await measureCatchUp(live, rooms.slice(0, 10), 100))
    // From then on all are in one chat, and told of each other's coming.
    const fanOut = told('a chat of 200', await measureFanOut(live, live.members.slice(0, 200), 50))
    const { lost } = told('backend killed', await countLost(live, rooms))
    const { p50: steadyP50, p99: steadyP99, cpuPerDelivery, storeCpuPerDelivery } = steady
    return {
      ...idle,
      ...fanOut,
      ...catchUp,
      ...{ acrossP50: across.p50, acrossP99: across.p99 },
      ...{ steadyP50, steadyP99, cpuPerDelivery, storeCpuPerDelivery, comfortableRate, lost },
    }
  } finally {
    await live.close()
  }
}
