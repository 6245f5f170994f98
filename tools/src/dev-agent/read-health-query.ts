import { parseDuration } from './parse-duration.ts'
import { Refusal } from './refusal.ts'

/** Who is asked for, and when and how long the question waits for a change. */
export interface HealthQuery {
  /** Only those whose checks all pass. */
  passingOnly: boolean
  /** Wait until the index is beyond this; 0: do not wait. */
  index: number
  waitMs: number
}

const defaultWaitMs = 5 * 60_000
const longestWaitMs = 10 * 60_000

/** Values that Consul takes for a flag (https://pkg.go.dev/strconv#ParseBool); the bare name is true too. */
const flags = new Map([
  ...['', '1', 't', 'T', 'true', 'TRUE', 'True'].map((value) => [value, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((value) => [value, false] as const),
])

/**
 * Reads `passing`, and `index` and `wait` as https://developer.hashicorp.com/consul/api-docs/features/blocking has them.
 * @throws Refusal when one is malformed
 */
export function readHealthQuery(query: Record<string, string | undefined>): HealthQuery {
  const { passing = 'false', index = '0', wait } = query
  const passingOnly = flags.get(passing)
  if (passingOnly === undefined) throw new Refusal(400, 'Invalid value for ?passing')
  if (!/^\d{1,15}$/.test(index)) throw new Refusal(400, 'Invalid index')
  const asked = wait === undefined ? defaultWaitMs : parseDuration(wait)
  if (asked === undefined) throw new Refusal(400, 'Invalid wait time')
  const waitMs = Math.min(asked, longestWaitMs)
  // Many who began to wait at one moment do not all come back at one moment.
  return { passingOnly, index: Number(index), waitMs: waitMs + (Math.random() * waitMs) / 16 }
}
