import type { RunningProcess } from './child-process.ts'
import { waitUntil } from './wait-until.ts'

/**
 * Waits until a process that was just started serves.
 * @param ready what throws is not ready yet
 * @throws Error with the process's output when it ends first or is not ready within `timeoutMs`
 */
export async function untilReady(
  what: string,
  process: RunningProcess,
  ready: () => unknown | Promise<unknown>,
  timeoutMs = 60_000,
): Promise<void> {
  let over = false
  void process.exited.then(() => {
    over = true
  })
  // Another server may answer in the place of one that has ended.
  const decided = async () => over || ((await ready()) && !over)
  try {
    await waitUntil(what, decided, timeoutMs)
  } catch (cause) {
    throw new Error(`${what}: not within ${timeoutMs} ms:\n${process.output()}`, { cause })
  }
  if (over) throw new Error(`${what}: it ended at its start:\n${process.output()}`)
}
