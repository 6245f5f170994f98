import { expect, test } from '@jest/globals'
import { failuresToEject, NodeHealth } from './node-health.ts'

function failInARow(
  health: NodeHealth,
  from: number,
  othersAnsweredAt: number,
  times = failuresToEject,
): void {
  for (let i = 0; i < times; i++) health.answeredWrongly(from + i, 'answered 500', othersAnsweredAt)
}

test('one silence makes a node suspect, only a probe brings it back', () => {
  const health = new NodeHealth(0)
  health.didNotAnswer(10, 'ECONNREFUSED', -1)
  expect(health.state).toEqual({ kind: 'suspect', since: 10, why: 'ECONNREFUSED' })
  expect(health.isEligible(1e9)).toBe(false)
  health.probePassed(20)
  expect(health.isEligible(21)).toBe(true)
})

test('five wrong answers in a row eject a node for 1 s while others answer well', () => {
  const health = new NodeHealth(0)
  failInARow(health, 100, 90, failuresToEject - 1)
  expect(health.isEligible(104)).toBe(true)
  health.answeredWrongly(104, 'answered 500', 103)
  expect(health.isEligible(104)).toBe(false)
  expect(health.isEligible(1_103)).toBe(false)
  expect(health.isEligible(1_104)).toBe(true)
})

test('nobody is ejected when nobody else answered well meanwhile: the fault is behind them all', () => {
  const health = new NodeHealth(0)
  failInARow(health, 100, 99, 50)
  expect(health.isEligible(200)).toBe(true)
})

test('a good answer in between starts the count anew', () => {
  const health = new NodeHealth(0)
  failInARow(health, 100, 1e9, failuresToEject - 1)
  health.answeredWell()
  failInARow(health, 200, 1e9, failuresToEject - 1)
  expect(health.isEligible(300)).toBe(true)
})

test('each further ejection lasts twice as long, up to 30 s', () => {
  const health = new NodeHealth(0)
  let now = 0
  const lengths: number[] = []
  for (let round = 0; round < 8; round++) {
    while (health.isEligible(now)) health.answeredWrongly(now, 'answered 500', now)
    const { state } = health
    if (state.kind !== 'ejected') throw new Error('expected an ejection')
    lengths.push(state.until - now)
    now = state.until
  }
  expect(lengths).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
})

test('a draining node gets nothing until a probe passes again, and each change of state is told once', () => {
  const told: string[] = []
  const health = new NodeHealth(0, (state) => told.push(state.kind))
  health.didNotAnswer(1, 'ECONNRESET', -1)
  health.didNotAnswer(2, 'ECONNRESET', -1)
  health.probeSaidDraining(3)
  health.probeSaidDraining(4)
  health.didNotAnswer(5, 'ECONNREFUSED', -1)
  expect(health.isEligible(6)).toBe(false)
  health.probePassed(7)
  health.probePassed(8)
  expect(told).toEqual(['suspect', 'draining', 'healthy'])
})

test('a node that passes its probes yet stays silent again and again is ejected too', () => {
  const health = new NodeHealth(0)
  for (let i = 1; i < failuresToEject; i++) {
    health.didNotAnswer(i, 'no answer', i)
    health.probePassed(i)
  }
  expect(health.isEligible(failuresToEject)).toBe(true)
  expect(health.didNotAnswer(failuresToEject, 'no answer', failuresToEject)).toBe(false)
  expect(health.state.kind).toBe('ejected')
  // One that was under way all the time changes nothing.
  health.didNotAnswer(failuresToEject + 1, 'no answer', failuresToEject + 1)
  expect(health.state.kind).toBe('ejected')
})

test('after an ejection one request decides, and more go only once it was answered well', () => {
  const health = new NodeHealth(0)
  failInARow(health, 0, 1e9)
  const back = 1_500
  expect(health.isEligible(back)).toBe(true)
  health.chosen()
  expect(health.isEligible(back)).toBe(false)
  health.excused()
  expect(health.isEligible(back)).toBe(true)
  health.chosen()
  health.answeredWell()
  health.chosen()
  expect(health.isEligible(back)).toBe(true)
})

test('a trial that ends in suspicion is given again after the probe', () => {
  const health = new NodeHealth(0)
  failInARow(health, 0, 1e9)
  expect(health.isEligible(1_500)).toBe(true)
  health.chosen()
  health.didNotAnswer(1_600, 'no answer', 0)
  expect(health.state.kind).toBe('suspect')
  health.probePassed(1_700)
  expect(health.isEligible(1_700)).toBe(true)
})
