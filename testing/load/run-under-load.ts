import { setTimeout as sleep } from 'node:timers/promises'
import { checkHistory, countStaleAcrossUsers } from '../history/check-history.ts'
import { type Figures, summarize } from '../history/figures.ts'
import type { History } from '../history/history.ts'
import type { Violation } from '../history/violation.ts'
import type { ApiClient } from './api-client.ts'
import { type Member, openRooms, type Rooms, signUpCrowd } from './crowd.ts'
import { type MixedLoad, startMixedLoad } from './mixed-load.ts'
import { readFinalState } from './read-final-state.ts'

const crowdSize = 16
/** How long the load runs before anything is broken, and after all is well. */
const quietMs = 1_000

/** Users at work. */
export interface WorkingCrowd {
  readonly crowd: readonly Member[]
  readonly rooms: Rooms
  readonly load: MixedLoad
}

/** What a load has shown. */
export interface Findings {
  history: History
  figures: Figures
  violations: Violation[]
  staleAcrossUsers: number
  /** What the work that went on meanwhile threw, if it did. */
  thrown?: unknown
}

/** Lets users work while something is done to the system, then reads everything back and checks all they saw. */
export async function runUnderLoad(options: {
  client: ApiClient
  ratePerS: number
  /** 0 <= r < 1 */
  random: () => number
  meanwhile: (users: WorkingCrowd) => Promise<void>
}): Promise<Findings> {
  const { client, ratePerS, random, meanwhile } = options
  const crowd = await signUpCrowd(client, crowdSize)
  const rooms = await openRooms(client, crowd)
  const load = startMixedLoad({ client, crowd, rooms, ratePerS, random })
  let thrown: unknown
  try {
    await sleep(quietMs)
    await meanwhile({ crowd, rooms, load })
    await sleep(quietMs)
  } catch (error) {
    thrown = error
  }
  const history = await load.stop()
  const readers = [rooms.contended, ...rooms.small, ...rooms.changing].map(
    ({ cid, owner }) => [cid, owner] as const,
  )
  const final = await readFinalState(client, history, crowd, new Map(readers))
  return {
    history,
    figures: summarize(history.operations),
    violations: checkHistory(history, final),
    staleAcrossUsers: countStaleAcrossUsers(history),
    ...(thrown === undefined ? {} : { thrown }),
  }
}
