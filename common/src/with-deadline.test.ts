import { expect, test } from '@jest/globals'
import { withDeadline } from './with-deadline.ts'

const never = new AbortController().signal

/** Work that ends only when it is told to. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}

test('work that is done in time is answered', async () => {
  expect(await withDeadline(60_000, never, async () => 7)).toBe(7)
})

test('work that takes too long ends with a TimeoutError', async () => {
  await expect(withDeadline(1, never, untilAborted)).rejects.toMatchObject({ name: 'TimeoutError' })
})

test("work ends with the caller's signal, also when that came before", async () => {
  const controller = new AbortController()
  const work = withDeadline(60_000, controller.signal, untilAborted)
  controller.abort(new Error('enough'))
  await expect(work).rejects.toThrow('enough')
  await expect(withDeadline(60_000, controller.signal, untilAborted)).rejects.toThrow('enough')
})
