import { groupBy } from '../history/group-by.ts'
import { type Growth, growthOf } from './process-growth.ts'
import type { ProcessSample } from './process-sampler.ts'

/** How one of the system's processes has stood the run. */
export interface Wear {
  name: string
  /** How many processes bore the name, one after the other. */
  lives: number
  /** Of the one that was watched longest; undefined when that was too short to tell. */
  growth?: Growth
  /** Share of one processor core that the longest life used, 0 to 1 for each core. */
  busy: number
  /** What grew beyond its limit; empty when nothing did. */
  missed: string[]
}

/** A process has warmed up after so long: caches are full and hot code is compiled. */
const warmUpMs = 120_000
/** A shorter life tells nothing of growth. */
const shortestMs = 300_000
/** A heap that is full of garbage before it is collected swings by less than this. */
const mostGrownMiB = 48
/** Connections to other parts come and go with them. */
const mostGrownFiles = 30

export function wearOf(name: string, samples: readonly ProcessSample[]): Wear {
  const lives = [...groupBy(samples, ({ pid }) => pid).values()]
  const [longest = []] = lives.toSorted((a, b) => spanOf(b) - spanOf(a))
  const growth = growthOf(longest, warmUpMs)
  const told = growth !== undefined && growth.overMs >= shortestMs ? growth : undefined
  return {
    name,
    lives: lives.length,
    ...(told ? { growth: told } : {}),
    busy: spanOf(longest) === 0 ? 0 : differenceOf(longest, ({ cpuMs }) => cpuMs) / spanOf(longest),
    missed: told ? [...tooMuch(name, told)] : [],
  }
}

function* tooMuch(name: string, { grownMiB, grownFiles, overMs }: Growth): Generator<string> {
  const time = `in ${Math.round(overMs / 60_000)} minutes`
  if (grownMiB > mostGrownMiB) yield `${name} has grown by ${Math.round(grownMiB)} MiB ${time}`
  if (grownFiles > mostGrownFiles) yield `${name} has ${grownFiles} more files open ${time}`
}

const spanOf = (samples: readonly ProcessSample[]): number => differenceOf(samples, ({ at }) => at)

function differenceOf(samples: readonly ProcessSample[], value: (sample: ProcessSample) => number): number {
  const [first, last] = [samples[0], samples.at(-1)]
  return first && last ? value(last) - value(first) : 0
}
