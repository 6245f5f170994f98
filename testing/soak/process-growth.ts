import { median } from '../report/median.ts'
import type { ProcessSample } from './process-sampler.ts'

/** How what a process uses has grown; below zero when it has shrunk. */
export interface Growth {
  /** Medians of the last third, the warm-up left out. */
  residentMiB: number
  openFiles: number
  /** How much that is above the median of the first third. */
  grownMiB: number
  /**
   * How many more the fewest open files of the last third are than the fewest of the first: connections come and go with
   * the load, what leaks stays.
   */
  grownFiles: number
  /** Slope of the straight line that fits all samples after the warm-up best. */
  mibPerHour: number
  filesPerHour: number
  /** From the first sample after the warm-up to the last. */
  overMs: number
}

/** Fewest samples that thirds can be told from. */
const fewest = 6
const hourMs = 3_600_000
const toMiB = ({ residentBytes }: ProcessSample): number => residentBytes / 2 ** 20
const toFiles = ({ openFiles }: ProcessSample): number => openFiles

/**
 * Compares the first third of the samples with the last third.
 * @param samples of one process, oldest first
 * @param warmUpMs since the first sample: caches fill, code is compiled
 * @returns undefined when too few samples are left to tell
 */
export function growthOf(samples: readonly ProcessSample[], warmUpMs: number): Growth | undefined {
  const begin = (samples[0]?.at ?? 0) + warmUpMs
  const warm = samples.filter(({ at }) => at >= begin)
  if (warm.length < fewest) return undefined
  const third = Math.floor(warm.length / 3)
  const first = (value: (sample: ProcessSample) => number) => median(warm.slice(0, third).map(value))
  const last = (value: (sample: ProcessSample) => number) => median(warm.slice(-third).map(value))
  const fewestFiles = (samples: readonly ProcessSample[]) => Math.min(...samples.map(toFiles))
  return {
    residentMiB: last(toMiB),
    openFiles: last(toFiles),
    grownMiB: last(toMiB) - first(toMiB),
    grownFiles: fewestFiles(warm.slice(-third)) - fewestFiles(warm.slice(0, third)),
    mibPerHour: slope(warm, toMiB) * hourMs,
    filesPerHour: slope(warm, toFiles) * hourMs,
    overMs: (warm.at(-1)?.at ?? begin) - (warm[0]?.at ?? begin),
  }
}

/** Least squares, per ms; 0 when all samples are of one moment. */
function slope(samples: readonly ProcessSample[], value: (sample: ProcessSample) => number): number {
  const mean = (of: (sample: ProcessSample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const [meanTime, meanValue] = [mean(({ at }) => at), mean(value)]
  let [together, spread] = [0, 0]
  for (const sample of samples) {
    together += (sample.at - meanTime) * (value(sample) - meanValue)
    spread += (sample.at - meanTime) ** 2
  }
  return spread === 0 ? 0 : together / spread
}
