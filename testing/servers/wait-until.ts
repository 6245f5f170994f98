/**
 * Waits until a condition holds, looking every 25 ms. A condition that throws does not hold yet.
 * @throws Error naming what was waited for, and what it last threw, after `timeoutMs`.
 */
export async function waitUntil(
  what: string,
  condition: () => unknown | Promise<unknown>,
  timeoutMs = 30_000,
): Promise<void> {
  const end = Date.now() + timeoutMs
  let last: unknown
  for (;;) {
    try {
      if (await condition()) return
      last = undefined
    } catch (error) {
      last = error
    }
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms for: ${what}`, { cause: last })
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
