import { expect, test } from '@jest/globals'
import { growthOf } from './process-growth.ts'
import type { ProcessSample } from './process-sampler.ts'

const minuteMs = 60_000
/** A sample a minute. */
const samplesOf = (count: number, use: (minute: number) => { mib: number; files: number }): ProcessSample[] =>
  Array.from({ length: count }, (_, minute) => {
    const { mib, files } = use(minute)
    return { pid: 7, at: 5_000 + minute * minuteMs, residentBytes: mib * 2 ** 20, openFiles: files, cpuMs: 0 }
  })

test('a leak is told by its size and by its slope', () => {
  const growth = growthOf(
    samplesOf(30, (minute) => ({ mib: 100 + 2 * minute, files: 20 + minute })),
    0,
  )
  expect(growth).toMatchObject({
    residentMiB: 149,
    openFiles: 44.5,
    grownMiB: 40,
    grownFiles: 20,
    overMs: 29 * minuteMs,
  })
  expect(growth?.mibPerHour).toBeCloseTo(120)
  expect(growth?.filesPerHour).toBeCloseTo(60)
})

test('what comes and goes is no growth', () => {
  const growth = growthOf(
    // Busier towards the end: more connections, but not all the time.
    samplesOf(31, (minute) => ({
      mib: 100 + (minute % 2) * 30,
      files: minute > 20 && minute % 4 > 0 ? 500 : 20,
    })),
    0,
  )
  expect(growth?.grownMiB).toBe(0)
  expect(growth?.grownFiles).toBe(0)
  expect(Math.abs(growth?.mibPerHour ?? Number.NaN)).toBeLessThan(1)
})

test('the warm-up does not count', () => {
  const samples = samplesOf(30, (minute) => ({ mib: Math.min(100, 20 * minute), files: 20 }))
  expect(growthOf(samples, 5 * minuteMs)).toMatchObject({ grownMiB: 0, mibPerHour: 0, overMs: 24 * minuteMs })
  expect(growthOf(samples, 0)?.grownMiB).toBeGreaterThan(5)
})

test('shrinking is growth below zero', () => {
  const growth = growthOf(
    samplesOf(12, (minute) => ({ mib: 100 - minute, files: 50 - minute })),
    0,
  )
  expect(growth).toMatchObject({ grownMiB: -8, grownFiles: -8 })
  expect(growth?.filesPerHour).toBeCloseTo(-60)
})

test('nothing is told of too few samples', () => {
  const samples = samplesOf(8, () => ({ mib: 100, files: 20 }))
  expect(growthOf([], 0)).toBeUndefined()
  expect(growthOf(samples, 3 * minuteMs)).toBeUndefined()
  expect(growthOf(samples, 2 * minuteMs)).toMatchObject({ grownMiB: 0 })
})
