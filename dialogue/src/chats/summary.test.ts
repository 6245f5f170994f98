import { expect, test } from '@jest/globals'
import { ObjectId } from 'mongodb'
import { advance, emptySummary, type Summary, type SummedEntry, unreadOf } from './summary.ts'

const cid = new ObjectId()

function text(seq: number, uid: number): SummedEntry {
  return { kind: 'text', _id: new ObjectId(), cid, seq, uid, text: `${seq}`, createdAt: seq }
}

function recount(entries: readonly SummedEntry[], uid: number, mark: number): number {
  const deleted = new Set(entries.map((entry) => (entry.kind === 'deletion' ? entry.ofSeq : 0)))
  const unread = entries.filter(
    (entry) => entry.kind === 'text' && entry.uid !== uid && entry.seq > mark && !deleted.has(entry.seq),
  )
  return Math.min(100, unread.length)
}

/** Logs that differ in who writes how much. */
const logs: [string, (seq: number) => number][] = [
  ['of two in turn', (seq) => seq % 2],
  ['of one alone', () => 1],
  ['of twenty in turn', (seq) => seq % 20],
  ['of one who drowns the others', (seq) => (seq % 97 === 0 ? 2 + (seq % 3) : 1)],
  ['of one after the other', (seq) => Math.floor(seq / 150)],
]

test.each(logs)('counts as a recount does, in a log %s', (_, author) => {
  const entries: SummedEntry[] = []
  let summary: Summary = emptySummary
  for (let seq = 1; seq <= 900; seq += 1) {
    entries.push(text(seq, author(seq)))
    if (seq % 7 !== 0) continue
    summary = advance(summary, entries.slice(summary.seq))
    for (const uid of [0, 1, 2, 3, 19, 99]) {
      for (const behind of [seq, 250, 101, 100, 30, 0]) {
        const mark = Math.max(0, seq - behind)
        expect([seq, uid, mark, unreadOf(summary, uid, mark)]).toEqual([
          seq,
          uid,
          mark,
          recount(entries, uid, mark),
        ])
      }
    }
  }
  expect(summary.recent.seqs.length).toBeLessThanOrEqual(201)
})

test.each(logs)(
  'says that it does not know rather than miscount after deletions, in a log %s',
  (_, author) => {
    const entries: SummedEntry[] = []
    let summary: Summary = emptySummary
    let known = 0
    for (let seq = 1; seq <= 600; seq += 1) {
      entries.push(seq % 11 === 0 ? { kind: 'deletion', seq, ofSeq: seq - 5 } : text(seq, author(seq)))
      summary = advance(summary, entries.slice(summary.seq))
      for (const uid of [0, 1, 2, 99]) {
        for (const behind of [seq, 150, 20, 0]) {
          const mark = Math.max(0, seq - behind)
          const count = unreadOf(summary, uid, mark)
          if (count === undefined) continue
          known += 1
          expect([seq, uid, mark, count]).toEqual([seq, uid, mark, recount(entries, uid, mark)])
        }
      }
    }
    expect(known).toBeGreaterThan(5_000)
  },
)

test('knows nothing of what came before its first entry', () => {
  const summary = advance({ ...emptySummary, from: 500 }, [text(500, 1), text(501, 2)])
  expect([498, 499, 500, 501].map((mark) => unreadOf(summary, 3, mark))).toEqual([undefined, 2, 1, 0])
})

test('shows the last message as it is now', () => {
  const first = advance(emptySummary, [text(1, 1), { kind: 'members', seq: 2 }])
  expect(first).toMatchObject({ seq: 2, last: { seq: 1, text: '1' } })
  const last = first.last
  if (!last) throw new Error('no last message')
  const edited = new Map([[last._id.toHexString(), { ...last, text: 'edited', rev: 1 }]])
  const second = advance(first, [{ kind: 'edit', seq: 3, ofSeq: 1 }], edited)
  expect(second.last).toMatchObject({ text: 'edited', rev: 1 })
  const third = advance(second, [{ kind: 'deletion', seq: 4, ofSeq: 1 }])
  expect(third).toMatchObject({ seq: 4, last: { seq: 1, text: '', deleted: true } })
  expect(unreadOf(third, 2, 0)).toBe(0)
})
