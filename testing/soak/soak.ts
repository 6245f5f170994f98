import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '@roundtable/tools/seed/seeded-random'
import type { Constellation } from '../constellation/start-constellation.ts'
import { createArena, type Told } from '../faults/create-arena.ts'
import type { Fault } from '../faults/fault.ts'
import { isWhole } from '../faults/is-whole.ts'
import type { Servers } from '../faults/start-servers.ts'
import { isAnswered, type Operation } from '../history/history.ts'
import { type ApiClient, createApiClient } from '../load/api-client.ts'
import { runUnderLoad, type WorkingCrowd } from '../load/run-under-load.ts'
import { whatFailed } from '../load/what-failed.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { deal } from './deal.ts'
import { type SampledProcess, startSampler } from './process-sampler.ts'
import { wearOf } from './process-wear.ts'
import type { Round, SoakResult } from './soak-report.ts'

export interface SoakOptions {
  system: Constellation
  servers: Servers
  /** Those that leave the system as they found it and keep a node alive. */
  faults: readonly Fault[]
  minutes: number
  /** The same seed gives the same faults in the same order. */
  seed: number
  ratePerS: number
  /** Is told of each fault when it is over. */
  say: (line: string) => void
}

const minuteMs = 60_000
/** Between two faults: at least so long, and at random up to twice. */
const restMs = 1_000
/** One fault in so many is done in its long form. */
const longEvery = 4
const sampleEveryMs = 5_000
/** How long the system may take to be whole again after a fault that could not be done to its end. */
const patienceMs = 30_000
/** Most violations told: the first ones tell what is wrong. */
const mostTold = 10

/** A round, and what its fault has told and allows. */
interface PlayedRound extends Round {
  told: Told
  mayFail: (operation: Operation) => boolean
}

/** Breaks and mends the system at random while users work; checks all they saw and how the processes have stood it. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { system, minutes, seed, ratePerS } = options
  const client = createApiClient(() => system.backends.map(({ url }) => url))
  const sampler = startSampler({ processes: () => servicesOf(system), everyMs: sampleEveryMs })
  try {
    const rounds: PlayedRound[] = []
    const findings = await runUnderLoad({
      client,
      ratePerS,
      // Of its own, so that the order of the faults does not hang on how many requests there are between them.
      random: createRandom(~seed).next,
      meanwhile: (users) => playRounds({ ...options, client, users, rounds }),
    })
    const { history, staleAcrossUsers, violations } = findings
    const wear = [...(await sampler.stop())]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, samples]) => wearOf(name, samples))
    return {
      seed,
      minutes,
      operations: history.operations,
      allowedToFail: history.operations.filter((one) => !isAnswered(one) && mayFail(one, rounds)).length,
      rounds,
      staleAcrossUsers,
      wear,
      missed: [
        ...rounds.flatMap(({ fault, told }) => told.missed.map((why) => `${fault}: ${why}`)),
        ...whatFailed(findings, (operation) => mayFail(operation, rounds)),
        ...violations.slice(1, mostTold).map(({ kind, what }) => `${kind}: ${what}`),
        ...wear.flatMap(({ missed }) => missed),
      ],
      late: rounds.flatMap(({ fault, told }) => told.late.map((why) => `${fault}: ${why}`)),
    }
  } finally {
    await sampler.stop()
    await client.close()
  }
}

/** @param options.rounds is added to as faults are done */
async function playRounds(
  options: SoakOptions & { client: ApiClient; users: WorkingCrowd; rounds: PlayedRound[] },
): Promise<void> {
  const { system, servers, client, faults, minutes, seed, say, users, rounds } = options
  const random = createRandom(seed)
  const begun = performance.now()
  for (const fault of deal(faults, random)) {
    const isLong = random.int(longEvery) === 0
    const rest = restMs * (1 + random.next())
    if (performance.now() - begun >= minutes * minuteMs) return
    const told: Told = { missed: [], late: [], notes: {}, rightAfterMs: [] }
    const from = performance.now()
    let thrown: unknown
    try {
      await fault.run(createArena({ ...users, system, servers, client, isLong, told }))
    } catch (error) {
      thrown = error
      told.missed.push(String(error))
    }
    const mayFailNow = (operation: Operation): boolean => fault.mayFail?.(operation) ?? false
    rounds.push({ fault: fault.name, from, to: performance.now(), told, mayFail: mayFailNow })
    say(progress(users, rounds, (performance.now() - begun) / minuteMs, isLong))
    if (thrown !== undefined) {
      await waitUntil(`the system is whole after ${fault.name}`, () => isWhole(system), patienceMs)
    }
    await sleep(rest)
  }
}

function progress(
  { load }: WorkingCrowd,
  rounds: readonly PlayedRound[],
  minute: number,
  isLong: boolean,
): string {
  const { operations } = load.history
  const over = operations.filter(({ endedAt }) => !Number.isNaN(endedAt))
  const failed = over.filter((operation) => !isAnswered(operation))
  const unexpected = failed.filter((operation) => !mayFail(operation, rounds)).length
  const last = rounds.at(-1)
  const seconds = ((last?.to ?? 0) - (last?.from ?? 0)) / 1_000
  const name = `${last?.fault}${isLong ? ' (long)' : ''}, ${seconds.toFixed(0)} s`
  const missed = last?.told.missed ?? []
  return (
    `minute ${minute.toFixed(1)}: ${name}: ${operations.length} requests so far, ${failed.length} failed` +
    `${failed.length === 0 ? '' : `, ${unexpected} of them unexpectedly`}` +
    `${missed.length === 0 ? '' : ` MISSED: ${missed.join('; ')}`}`
  )
}

/** Whether a fault that went on while the request was under way lets it fail. */
function mayFail(operation: Operation, rounds: readonly PlayedRound[]): boolean {
  const { startedAt, endedAt } = operation
  return rounds.some((round) => startedAt < round.to && endedAt > round.from && round.mayFail(operation))
}

function servicesOf(system: Constellation): SampledProcess[] {
  return [...system.backends, ...system.nodes.values()].map(({ id, process }) => ({
    name: id,
    pid: process.pid,
  }))
}
