import { expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import { createStoreClock } from './store-clock.ts'

const tenMinutes = 600_000

/** Two machines: what passes on one passes on the other, but they may be set differently. */
function twoMachines(options: { ownIsOffBy: number }) {
  let time = 1_700_000_000_000
  let ownIsOffBy = options.ownIsOffBy
  const logged: string[] = []
  const logger = createLogger('test').child({}, { level: 'silent' })
  logger.warn = (what: object) => void logged.push(`warn ${JSON.stringify(what)}`)
  logger.info = (line: unknown) => void logged.push(`info ${line}`)
  const clock = createStoreClock({
    logger,
    ownNow: () => time + ownIsOffBy,
    elapsed: () => time - 1_600_000_000_000,
  })
  return {
    clock,
    logged,
    storeNow: () => time,
    set: (offBy: number) => {
      ownIsOffBy = offBy
    },
    passTime: (ms: number) => {
      time += ms
    },
    /** The database is heard; what it told was so long on its way. */
    hear: (lateMs = 0, storeIsOffBy = 0) => clock.heard(time + storeIsOffBy - lateMs),
  }
}

test('is our own until the database was heard, and as long as the two agree', () => {
  const { clock, storeNow, passTime, hear, logged } = twoMachines({ ownIsOffBy: 40 })
  expect(clock.now()).toBe(storeNow() + 40)
  for (let i = 0; i < 20; i++) {
    hear(3)
    passTime(1_000)
    expect(clock.now()).toBe(storeNow() + 40)
  }
  expect(logged).toEqual([])
})

test.each([tenMinutes, -tenMinutes])(
  "is the database's when ours is off by %i ms, and one line says so",
  (off) => {
    const { clock, storeNow, passTime, hear, logged } = twoMachines({ ownIsOffBy: off })
    for (let i = 0; i < 20; i++) {
      hear()
      expect(clock.now()).toBe(storeNow())
      passTime(1_000)
      expect(clock.now()).toBe(storeNow())
    }
    expect(logged).toEqual([`warn {"offByS":${off / 1_000}}`])
  },
)

test('follows at once when ours is set wrong, and right again', () => {
  const { clock, storeNow, set, hear, logged } = twoMachines({ ownIsOffBy: 0 })
  hear()
  set(tenMinutes)
  expect(clock.now()).toBe(storeNow())
  hear()
  set(0)
  expect(clock.now()).toBe(storeNow())
  hear()
  expect(logged).toEqual(['warn {"offByS":600}', "info this machine's clock is right again"])
})

test('what comes late, as to a process that was frozen, changes nothing', () => {
  const { clock, storeNow, passTime, hear, logged } = twoMachines({ ownIsOffBy: 0 })
  hear()
  passTime(30_000)
  for (let i = 0; i < 9; i++) hear(30_000)
  expect(clock.now()).toBe(storeNow())
  expect(logged).toEqual([])
})

test("follows the database's clock when that one is set", () => {
  const { clock, storeNow, passTime, hear } = twoMachines({ ownIsOffBy: 0 })
  for (const storeIsOffBy of [5_000, -5_000]) {
    for (let i = 0; i < 10; i++) {
      passTime(1_000)
      hear(0, storeIsOffBy)
    }
    expect(clock.now()).toBe(storeNow() + storeIsOffBy)
  }
})
