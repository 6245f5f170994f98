import { expect, test } from '@jest/globals'
import { ApiError } from '../api/request.ts'
import { createReadMarker } from './read-marker.ts'

/** A marker whose requests are answered by the test, one by one. */
function setUp() {
  const asked: { cid: string; seq: number; answer: (failure?: ApiError) => void }[] = []
  let waits = 0
  const marker = createReadMarker({
    api: {
      markRead: (cid, seq) =>
        new Promise((resolve, reject) => {
          const done = () => resolve({ object: 'readMark', cid, uid: 3, seq } as never)
          asked.push({ cid, seq, answer: (failure) => (failure ? reject(failure) : done()) })
        }),
    },
    wait(_, signal) {
      waits++
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    },
  })
  return { marker, asked, waits: () => waits }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

test('one request at a time, and then the latest place only', async () => {
  const { marker, asked } = setUp()
  for (const seq of [1, 2, 3]) marker.tell('c', seq)
  marker.tell('d', 7)
  expect(asked.map(({ cid, seq }) => [cid, seq])).toEqual([
    ['c', 1],
    ['d', 7],
  ])
  asked[0]?.answer()
  await settle()
  expect(asked.at(-1)).toMatchObject({ cid: 'c', seq: 3 })
  asked.at(-1)?.answer()
  marker.tell('c', 2)
  await settle()
  expect(asked).toHaveLength(3)
})

test('what did not get through is told again, at once when the way is clear', async () => {
  const { marker, asked, waits } = setUp()
  marker.tell('c', 1)
  asked[0]?.answer(new ApiError(5030, 'away'))
  await settle()
  expect(asked).toHaveLength(1)
  expect(waits()).toBe(1)
  marker.wake()
  await settle()
  expect(asked.at(-1)).toMatchObject({ cid: 'c', seq: 1 })
})

test('what is refused is not asked again', async () => {
  const { marker, asked, waits } = setUp()
  marker.tell('c', 1)
  asked[0]?.answer(new ApiError(4040, 'there is no such chat'))
  await settle()
  marker.tell('c', 1)
  await settle()
  expect(asked).toHaveLength(1)
  expect(waits()).toBe(0)
})

test('a chat is watched until one looks elsewhere, or at another', () => {
  const { marker } = setUp()
  const leave = marker.watch('c')
  expect(marker.watched()).toBe('c')
  const leaveOther = marker.watch('d')
  leave()
  expect(marker.watched()).toBe('d')
  leaveOther()
  expect(marker.watched()).toBeUndefined()
})
