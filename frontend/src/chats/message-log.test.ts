import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Message, ShownEntry } from '../api/types.ts'
import {
  addOlder,
  applySteps,
  isBehind,
  knowHead,
  type LogStep,
  type MessageLog,
  startLog,
  stepOfEntry,
  stepOfFrame,
} from './message-log.ts'

const cid = 'c'
const message = (seq: number, text = `text ${seq}`): Message => ({
  object: 'message',
  id: `m${seq}`,
  cid,
  uid: 3,
  createdAt: 0,
  text,
  seq,
})
const show = (seq: number): LogStep => ({ do: 'show', seq, entry: message(seq) })
const edit = (seq: number, id: string, text: string): LogStep => ({ do: 'edit', seq, id, text, editedAt: 7 })
const remove = (seq: number, id: string): LogStep => ({ do: 'delete', seq, id })
const page = (seqs: number[], nextCursor?: string) => ({
  data: seqs.map((seq): ShownEntry => message(seq)),
  ...(nextCursor === undefined ? {} : { nextCursor }),
})
const texts = (log: MessageLog) =>
  log.shown.map((entry) => (entry.object === 'message' ? (entry.deleted ? null : entry.text) : entry.object))

test('whatever order entries come in and however often, each is applied once and in order of seq', () => {
  const steps = [
    ...[1, 2, 3].map(show),
    edit(4, 'm2', 'second'),
    show(5),
    remove(6, 'm1'),
    edit(7, 'm2', 'second again'),
    show(8),
  ]
  const deliveries = fc
    .tuple(
      fc.shuffledSubarray(steps, { minLength: steps.length }),
      fc.array(fc.constantFrom(...steps), { maxLength: 20 }),
    )
    .chain(([all, repeated]) =>
      fc.shuffledSubarray([...all, ...repeated], { minLength: all.length + repeated.length }),
    )
  fc.assert(
    fc.property(deliveries, fc.integer({ min: 1, max: 5 }), (delivered, size) => {
      let log = startLog(page([]))
      for (let from = 0; from < delivered.length; from += size) {
        log = applySteps(log, delivered.slice(from, from + size))
      }
      expect(texts(log)).toEqual([null, 'second again', 'text 3', 'text 5', 'text 8'])
      expect(log).toMatchObject({ lastSeq: 8, head: 8 })
      expect(log.ahead.size).toBe(0)
    }),
  )
})

test('what comes too early is not shown before what it follows', () => {
  const early = applySteps(startLog(page([2, 1])), [show(4)])
  expect(texts(early)).toEqual(['text 1', 'text 2'])
  expect(isBehind(early)).toBe(true)
  const whole = applySteps(early, [show(3)])
  expect(texts(whole)).toEqual(['text 1', 'text 2', 'text 3', 'text 4'])
  expect(isBehind(whole)).toBe(false)
})

test('what is known already changes nothing at all', () => {
  const log = startLog(page([2, 1]))
  expect(applySteps(log, [show(2), show(1)])).toBe(log)
  expect(knowHead(log, 2)).toBe(log)
})

test('an entry that is known to exist but not here makes it behind', () => {
  expect(isBehind(knowHead(startLog(page([2, 1])), 3))).toBe(true)
})

test('a page of older messages that was read before an edit shows the edit all the same', () => {
  const edited = applySteps(startLog(page([4, 3], 'm3')), [edit(5, 'm1', 'mended'), remove(6, 'm2')])
  const log = addOlder(edited, page([2, 1]), 'm3')
  expect(texts(log)).toEqual(['mended', null, 'text 3', 'text 4'])
  expect(log.hasOlder).toBe(false)
})

test('a page of older messages comes in once', () => {
  const once = addOlder(startLog(page([4, 3], 'm3')), page([2, 1]), 'm3')
  expect(addOlder(once, page([2, 1]), 'm3')).toBe(once)
})

test('frames and entries of the log say the same', () => {
  const edited = { ...message(1, 'mended'), seq: 5, editedAt: 7 }
  expect(stepOfFrame({ type: 'edited', message: edited })).toEqual({
    cid,
    step: stepOfEntry({ ...edited, object: 'edit' }),
  })
  expect(stepOfFrame({ type: 'deleted', cid, id: 'm1', seq: 6 })).toEqual({
    cid,
    step: stepOfEntry({ object: 'deletion', cid, id: 'm1', seq: 6, uid: 3, createdAt: 0 }),
  })
  expect(stepOfFrame({ type: 'message', message: message(1) })).toEqual({
    cid,
    step: stepOfEntry(message(1)),
  })
  expect(stepOfFrame({ type: 'typing', cid, uid: 3 })).toBeUndefined()
})
