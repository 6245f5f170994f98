import { expect, test } from '@jest/globals'
import type { ProcessSample } from './process-sampler.ts'
import { wearOf } from './process-wear.ts'

const minuteMs = 60_000
/** A sample every half minute. */
const life = (
  pid: number,
  minutes: number,
  use: (minute: number) => { mib?: number; files?: number } = () => ({}),
): ProcessSample[] =>
  Array.from({ length: minutes * 2 + 1 }, (_, i) => {
    const { mib = 100, files = 20 } = use(i / 2)
    const at = pid * 1_000_000 + (i * minuteMs) / 2
    return { pid, at, residentBytes: mib * 2 ** 20, openFiles: files, cpuMs: (i * minuteMs) / 8 }
  })

test('a process that stays as it is has missed nothing', () => {
  const wear = wearOf('backend1', life(1, 30))
  expect(wear).toMatchObject({ name: 'backend1', lives: 1, busy: 0.25, missed: [] })
  expect(wear.growth).toMatchObject({ residentMiB: 100, grownMiB: 0, grownFiles: 0 })
})

test('memory and open files that keep growing are named', () => {
  const leaking = life(1, 30, (minute) => ({ mib: 100 + 4 * minute, files: 20 + 3 * minute }))
  expect(wearOf('backend1', leaking).missed).toEqual([
    expect.stringMatching(/^backend1 has grown by \d+ MiB in 28 minutes$/),
    expect.stringMatching(/^backend1 has \d+(\.\d+)? more files open in 28 minutes$/),
  ])
})

test('the longest of several lives is judged, and what differs between lives is no growth', () => {
  const lives = [...life(1, 8), ...life(2, 20, () => ({ mib: 300 })), ...life(3, 4, () => ({ mib: 600 }))]
  const wear = wearOf('dialogue02', lives)
  expect(wear).toMatchObject({ lives: 3, missed: [] })
  expect(wear.growth).toMatchObject({ residentMiB: 300, grownMiB: 0 })
})

test('a short life tells nothing of growth', () => {
  const wear = wearOf(
    'dialogue02',
    life(1, 6, (minute) => ({ mib: 100 * minute })),
  )
  expect(wear).toEqual({ name: 'dialogue02', lives: 1, busy: 0.25, missed: [] })
  expect(wearOf('dialogue02', [])).toEqual({ name: 'dialogue02', lives: 0, busy: 0, missed: [] })
})
