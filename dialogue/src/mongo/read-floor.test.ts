import { expect, test } from '@jest/globals'
import { ObjectId, Timestamp } from 'mongodb'
import { createReadFloor } from './read-floor.ts'

const at = (t: number) => new Timestamp({ t, i: 1 })
const elections = [new ObjectId(), new ObjectId()]

function withTime() {
  let ms = 0
  const floor = createReadFloor(() => ms)
  return {
    seconds: () => floor.now()?.t,
    pass: (more: number) => {
      ms += more
    },
    hear: (t: number, primary?: number) =>
      floor.heard({
        $clusterTime: { clusterTime: at(t) },
        ...(primary === undefined ? {} : { isWritablePrimary: true, electionId: elections[primary] }),
      }),
  }
}

test('without a word of the database there is none', () => {
  const { seconds } = withTime()
  expect(seconds()).toBeUndefined()
  const floor = createReadFloor()
  floor.heard({ isWritablePrimary: true })
  expect(floor.now()).toBeUndefined()
})

test('behind routers it is what was heard a second ago or two', () => {
  const { seconds, pass, hear } = withTime()
  for (let second = 1; second <= 10; second++) {
    pass(1_000)
    hear(second * 10)
    expect(seconds()).toBe(second === 1 ? undefined : (second - 1) * 10)
  }
})

test('a primary heard for the first time raises it to all that this one has', () => {
  const { seconds, pass, hear } = withTime()
  hear(10, 0)
  expect(seconds()).toBe(10)
  pass(100)
  hear(20, 0)
  expect(seconds()).toBe(10)
  hear(30, 1)
  expect(seconds()).toBe(30)
})

test('it never falls: not by an old primary that comes back, nor by a server that is behind', () => {
  const { seconds, pass, hear } = withTime()
  hear(30, 1)
  hear(20, 0)
  pass(1_000)
  hear(5)
  pass(1_000)
  hear(6)
  expect(seconds()).toBe(30)
})
