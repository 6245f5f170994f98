import { setTimeout as sleep } from 'node:timers/promises'

/** A few milliseconds, differing: for a majority to catch up, and for two that clash not to clash again. */
export function shortPause(): Promise<void> {
  return sleep(2 + Math.random() * 8)
}
