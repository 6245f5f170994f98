import { expect, test } from '@jest/globals'
import { Timestamp } from 'mongodb'
import { createReadFloor } from './read-floor.ts'

const at = (t: number) => new Timestamp({ t, i: 1 })

function withTime() {
  let ms = 0
  const floor = createReadFloor(() => ms)
  return {
    seconds: () => floor.now()?.t,
    pass: (more: number) => {
      ms += more
    },
    hearRouter: (clock: number) =>
      floor.heard({ msg: 'isdbgrid', isWritablePrimary: true, $clusterTime: { clusterTime: at(clock) } }),
    hearPrimary: (term: number, written: number, clock = written) =>
      floor.heard({
        isWritablePrimary: true,
        electionId: `7fffffff000000000000000${term}`,
        lastWrite: { opTime: { ts: at(written) } },
        $clusterTime: { clusterTime: at(clock) },
      }),
    hearSecondary: (written: number) =>
      floor.heard({ secondary: true, isWritablePrimary: false, lastWrite: { opTime: { ts: at(written) } } }),
  }
}

test('without a word of a primary or a router there is none', () => {
  const { seconds, pass, hearSecondary } = withTime()
  expect(seconds()).toBeUndefined()
  hearSecondary(10)
  pass(1_000)
  hearSecondary(20)
  pass(1_000)
  hearSecondary(30)
  expect(seconds()).toBeUndefined()
  const floor = createReadFloor()
  floor.heard({ isWritablePrimary: true })
  expect(floor.now()).toBeUndefined()
})

test('behind routers it is the clock that was heard a second ago or two', () => {
  const { seconds, pass, hearRouter } = withTime()
  for (let second = 1; second <= 10; second++) {
    pass(1_000)
    hearRouter(second * 10)
    expect(seconds()).toBe(second === 1 ? undefined : (second - 1) * 10)
  }
})

test('of a primary it is the last write of a second ago, however far its clock has gone on', () => {
  const { seconds, pass, hearPrimary } = withTime()
  hearPrimary(1, 10)
  for (let second = 1; second <= 5; second++) {
    pass(1_000)
    hearPrimary(1, 20, 20 + second)
  }
  expect(seconds()).toBe(20)
})

test('a primary heard for the first time makes it all that this one has', () => {
  const { seconds, pass, hearPrimary } = withTime()
  hearPrimary(1, 10)
  expect(seconds()).toBe(10)
  pass(100)
  hearPrimary(1, 20)
  expect(seconds()).toBe(10)
  hearPrimary(2, 30)
  expect(seconds()).toBe(30)
})

test('what an old primary alone has is not waited for, before it is replaced or after', () => {
  const { seconds, pass, hearPrimary } = withTime()
  hearPrimary(1, 50)
  pass(1_000)
  hearPrimary(1, 60)
  hearPrimary(2, 55)
  expect(seconds()).toBe(55)
  for (let second = 0; second < 3; second++) {
    pass(1_000)
    hearPrimary(1, 90)
    hearPrimary(2, 57)
  }
  expect(seconds()).toBe(57)
})

test('a server that is behind does not lower it', () => {
  const { seconds, pass, hearPrimary, hearSecondary } = withTime()
  hearPrimary(1, 30)
  pass(1_000)
  hearSecondary(5)
  pass(1_000)
  hearPrimary(1, 30)
  expect(seconds()).toBe(30)
})
