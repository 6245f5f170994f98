import { afterEach, expect, test } from '@jest/globals'
import { startProcess } from '../servers/child-process.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { parseCpu, parseResident, startSampler, takeSample } from './process-sampler.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

test('reads resident memory from the status of a process', () => {
  expect(parseResident('Name:\tnode\nVmHWM:\t  200 kB\nVmRSS:\t    1688 kB\nThreads:\t11\n')).toBe(
    1_688 * 1_024,
  )
  expect(parseResident('Name:\tnode\nState:\tZ (zombie)\nThreads:\t1\n')).toBeUndefined()
})

test('reads the time on the processor past any name', () => {
  const stat = '42 (a) b (c) R 1 42 42 0 -1 4194304 100 0 2 0 170 30 0 0 20 0 1 0 1252356 3133440 413'
  expect(parseCpu(stat)).toBe(2_000)
})

const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('sees what this very process uses', async () => {
  const before = await takeSample(process.pid)
  const after = await takeSample(process.pid)
  expect(after?.residentBytes).toBeGreaterThan(10 * 2 ** 20)
  expect(after?.residentBytes).toBeLessThanOrEqual(2 * process.memoryUsage.rss())
  expect(after?.cpuMs).toBeGreaterThanOrEqual(before?.cpuMs ?? Number.NaN)
})

onLinux('sees each file that a process has open', async () => {
  const openTwenty = 'for fd in {10..29}; do eval "exec $fd</dev/null"; done; exec sleep 60'
  const [none, twenty] = [startProcess('sleep', ['60']), startProcess('bash', ['-c', openTwenty])]
  closers.push(
    () => none.stop(),
    () => twenty.stop(),
  )
  const openFiles = async ({ pid }: { pid: number }) => (await takeSample(pid))?.openFiles ?? Number.NaN
  await waitUntil('twenty files more', async () => (await openFiles(twenty)) === (await openFiles(none)) + 20)
})

onLinux('follows a name from one process to the next, and leaves out those that have ended', async () => {
  const startIdle = () => {
    const idle = startProcess('sleep', ['60'])
    closers.push(() => idle.stop())
    return idle
  }
  const first = startIdle()
  let now = first
  const taken = new Set<number>()
  let asked = 0
  const processes = () => {
    asked++
    taken.add(now.pid)
    return [{ name: 'node', pid: now.pid }]
  }
  const sampler = startSampler({ processes, everyMs: 5 })
  await waitUntil('some samples of the first', () => asked > 5)
  await first.stop()
  const askedBefore = asked
  await waitUntil('some readings of what has ended', () => asked > askedBefore + 5)
  now = startIdle()
  await waitUntil('some samples of the second', () => taken.has(now.pid) && asked > askedBefore + 15)
  const samples = (await sampler.stop()).get('node') ?? []
  const askedAtStop = asked
  expect(new Set(samples.map(({ pid }) => pid))).toEqual(new Set([first.pid, now.pid]))
  expect(samples.length).toBeLessThan(asked)
  expect(samples.map(({ at }) => at)).toEqual(samples.map(({ at }) => at).sort((a, b) => a - b))
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(asked).toBe(askedAtStop)
})

test('a process that is not there gives no sample', async () => {
  expect(await takeSample(2 ** 22 + 1)).toBeUndefined()
})
