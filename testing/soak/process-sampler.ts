import { readdir, readFile } from 'node:fs/promises'

/** What one process used at one moment. */
export interface ProcessSample {
  pid: number
  /** Of performance.now(), in ms. */
  at: number
  residentBytes: number
  openFiles: number
  /** Time on the processor since its start, in ms. */
  cpuMs: number
}

export interface SampledProcess {
  /** The same for those that take its place later. */
  name: string
  pid: number
}

export interface ProcessSampler {
  /** Takes no more; what was taken so far, oldest first, by name. */
  stop(): Promise<ReadonlyMap<string, readonly ProcessSample[]>>
}

/**
 * Watches what processes use, as Linux tells it under /proc.
 * A process that has ended, and any on a system that has no /proc, gives no sample.
 * @param processes which are to be watched now: asked each time, as processes come and go
 */
export function startSampler(options: {
  processes: () => readonly SampledProcess[]
  everyMs: number
}): ProcessSampler {
  const samples = new Map<string, ProcessSample[]>()
  const takeAll = async (): Promise<void> => {
    await Promise.all(
      options.processes().map(async ({ name, pid }) => {
        const sample = await takeSample(pid)
        if (!sample) return
        const ofName = samples.get(name)
        if (ofName) ofName.push(sample)
        else samples.set(name, [sample])
      }),
    )
  }
  let underWay = takeAll()
  // One after the other: a reading that is late must not be told after a later one.
  const timer = setInterval(() => {
    underWay = underWay.then(takeAll)
  }, options.everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await underWay
      return samples
    },
  }
}

/** What a process uses now; undefined when there is no such process any more. */
export async function takeSample(pid: number): Promise<ProcessSample | undefined> {
  try {
    const [status, stat, files] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readdir(`/proc/${pid}/fd`),
    ])
    const residentBytes = parseResident(status)
    if (residentBytes === undefined) return undefined
    return { pid, at: performance.now(), residentBytes, openFiles: files.length, cpuMs: parseCpu(stat) }
  } catch {
    return undefined
  }
}

/** VmRSS of proc_pid_status(5), in bytes; undefined for a process that has ended and waits for its parent. */
export function parseResident(status: string): number | undefined {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return kib === undefined ? undefined : Number(kib) * 1_024
}

/** Clock ticks are 10 ms in what Linux tells user space, whatever the kernel's own are. */
const tickMs = 10

/** utime and stime of proc_pid_stat(5), in ms. The name before them is in brackets and may hold anything. */
export function parseCpu(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}
