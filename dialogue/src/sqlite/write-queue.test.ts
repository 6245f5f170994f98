import { expect, test } from '@jest/globals'
import { createWriteQueue, type WriteLock } from './write-queue.ts'

/** A lock that notes what is done with it. */
function createLock(more: Partial<WriteLock> = {}) {
  const transactions: number[] = []
  let works = 0
  const lock: WriteLock = {
    tryBegin: () => true,
    attempt: (work) => {
      works++
      return work()
    },
    isLost: false,
    commit: () => {
      transactions.push(works)
      works = 0
    },
    ...more,
  }
  return { lock, transactions }
}

const writeAll = (queue: ReturnType<typeof createWriteQueue>, count: number) =>
  Promise.all(Array.from({ length: count }, (_, i) => queue.write(() => i)))

test('what came together goes into one transaction, a hundred at most, and each gets its own result', async () => {
  const { lock, transactions } = createLock()
  const results = await writeAll(createWriteQueue(lock, 1_000), 150)
  expect(results).toEqual(Array.from({ length: 150 }, (_, i) => i))
  expect(transactions).toEqual([100, 50])
})

test('another process that asks each millisecond has its turn before the next transaction', async () => {
  let hasAsked = true
  const asked: boolean[] = []
  const { lock } = createLock({
    tryBegin: () => {
      asked.push(hasAsked)
      return true
    },
    commit: () => {
      hasAsked = false
      setTimeout(() => {
        hasAsked = true
      }, 1)
    },
  })
  await writeAll(createWriteQueue(lock, 1_000), 250)
  expect(asked).toEqual([true, true, true])
})

test('the lock is asked for again until this process has it', async () => {
  let asked = 0
  const { lock } = createLock({ tryBegin: () => ++asked === 5 })
  expect(await createWriteQueue(lock, 1_000).write(() => 'done')).toBe('done')
  expect(asked).toBe(5)
})

test('when the whole transaction is lost, or cannot be committed, nobody is told that it was written', async () => {
  const full = new Error('the disk is full')
  const fail = () => {
    throw full
  }
  for (const more of [{ commit: fail }, { attempt: fail, isLost: true }]) {
    const queue = createWriteQueue(createLock(more).lock, 1_000)
    const outcomes = await Promise.allSettled([queue.write(() => 1), queue.write(() => 2)])
    expect(outcomes).toEqual(outcomes.map(() => ({ status: 'rejected', reason: full })))
  }
})
