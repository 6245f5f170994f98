import { expect, test } from '@jest/globals'
import { formatLive } from './live-report.ts'

const good = {
  memoryPerSocket: 20,
  idleCpu: 1,
  firstSight: 2,
  lastSight: 9,
  steadyP50: 1.5,
  steadyP99: 4,
  acrossP50: 2.5,
  acrossP99: 9,
  cpuPerDelivery: 90,
  storeCpuPerDelivery: Number.NaN,
  comfortableRate: 1_300,
  catchUp: 80,
  lost: 0,
}

const least = { p50: 1.2, p99: 4.1, cpuPerDelivery: 58, storeCpuPerDelivery: Number.NaN }

test('marks exactly the goals that were missed, each form by its own', () => {
  const slow = { ...good, steadyP50: 2.5, comfortableRate: 900, lost: 1, storeCpuPerDelivery: 70 }
  const told = formatLive(
    new Map([
      ['embedded', { ...good, steadyP50: 2.5 }],
      ['servers', slow],
    ]),
    least,
    5_000,
  )
  const missed = told.split('\n').filter((line) => line.includes('(missed)'))
  expect(missed).toHaveLength(3)
  expect(missed[0]).toMatch(/p50.* 1\.2 \|.*2\.5 \(missed\).* 2\.5 \|$/)
  expect(missed[1]).toMatch(/rate.* 1300 \|.*900 \(missed\) \|$/)
  expect(missed[2]).toMatch(/lost.* 0 \|.*1 \(missed\) \|$/)
  expect(told).toContain('mongod spends 70 us')
  expect(formatLive(new Map([['embedded', good]]), least, 5_000)).not.toContain('missed)')
})
