import { setTimeout as sleep } from 'node:timers/promises'

/** Whether the address answers with a 2xx within 500 ms. */
export async function answersHttp(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(500) })).ok
  } catch {
    return false
  }
}

/** Waits until the address answers with a 2xx; false after `timeoutMs` or when `gaveUp` says so. */
export async function waitForHttp(url: string, gaveUp: () => boolean, timeoutMs = 30_000): Promise<boolean> {
  const end = Date.now() + timeoutMs
  while (!gaveUp() && Date.now() < end) {
    if (await answersHttp(url)) return true
    await sleep(50)
  }
  return false
}
