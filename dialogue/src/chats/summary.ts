import { maxUnread } from '@roundtable/common/dialogue-wire'
import type { HiddenDocument, ShownMessage } from '../mongo/collections.ts'

/**
 * What a log comes to up to one of its entries: enough to tell of any member how many messages of others are unread,
 * without reading the log. It is made of the log alone, so whoever makes it makes the same.
 */
export interface Summary {
  /** The last entry it knows of. */
  readonly seq: number
  /** The newest message. */
  readonly last: ShownMessage | undefined
  /**
   * The latest messages, deleted ones left out, oldest first. For every reader the newest 100 of others are among
   * them: about 100 in all, and at most 200 when one user has written nearly everything.
   */
  readonly recent: Recent
  /** Nothing is known of entries below this seq. */
  readonly from: number
  /** The greatest seq of those left out because nobody's count needs them; 0 when there are none. */
  readonly pruned: number
  /** How many were deleted since some were left out: a count may lack as many. */
  readonly holes: number
}

/** Messages by their places, and who wrote each: kept small, as a list of chats reads them all. */
export interface Recent {
  readonly seqs: Uint32Array
  /** For each of them the place of its author among `writers`. */
  readonly by: Uint8Array
  readonly writers: readonly number[]
}

/** What it takes of an entry. */
export type SummedEntry = (ShownMessage & { kind: 'text' }) | SummedHidden | { kind: 'members'; seq: number }
type SummedHidden = Pick<HiddenDocument, 'kind' | 'seq' | 'ofSeq'>

type Text = readonly [seq: number, uid: number]

/** The log of a chat nobody has written into. */
export const emptySummary: Summary = {
  seq: 0,
  last: undefined,
  recent: { seqs: new Uint32Array(), by: new Uint8Array(), writers: [] },
  from: 1,
  pruned: 0,
  holes: 0,
}

/**
 * The summary after more entries.
 * @param entries those that follow `summary.seq`, oldest first, none left out
 * @param edited messages as they are now, by id, of edits of `summary.last`
 */
export function advance(
  summary: Summary,
  entries: readonly SummedEntry[],
  edited: ReadonlyMap<string, ShownMessage> = new Map(),
): Summary {
  if (entries.length === 0) return summary
  let { seq, holes } = summary
  let last: ShownMessage | undefined = summary.last
  const { seqs, by, writers } = summary.recent
  const texts = Array.from(seqs, (textSeq, i): Text => [textSeq, writers[by[i] ?? 0] ?? 0])
  for (const entry of entries) {
    seq = entry.seq
    if (entry.kind === 'text') {
      const { kind: _, ...message } = entry
      last = message
      if (!entry.deleted) texts.push([entry.seq, entry.uid])
    } else if (entry.kind === 'deletion') {
      const place = texts.findLastIndex(([textSeq]) => textSeq === entry.ofSeq)
      if (place >= 0) {
        texts.splice(place, 1)
        if (summary.pruned > 0) holes += 1
      }
      if (last?.seq === entry.ofSeq) last = { ...last, text: '', deleted: true }
    } else if (entry.kind === 'edit' && last?.seq === entry.ofSeq) {
      last = edited.get(last._id.toHexString()) ?? last
    }
  }
  const { kept, pruned } = prune(texts)
  return { ...summary, seq, last, recent: kept, pruned: Math.max(summary.pruned, pruned), holes }
}

/**
 * Leaves out the texts that no reader's count needs: a text of one author is needed as long as any other reader has
 * fewer than 100 newer ones of others.
 */
function prune(texts: readonly Text[]): { kept: Recent; pruned: number } {
  const written = new Map<number, number>()
  let [first, most, second] = [0, 0, 0]
  let newer = 0
  let pruned = 0
  const kept: Text[] = []
  for (const [seq, uid] of texts.toReversed()) {
    const ownOfAnother = uid === first ? second : most
    if (newer - ownOfAnother < maxUnread) kept.push([seq, uid])
    else pruned = Math.max(pruned, seq)
    newer += 1
    const count = (written.get(uid) ?? 0) + 1
    written.set(uid, count)
    if (uid === first) most = count
    else if (count > most) [first, most, second] = [uid, count, most]
    else second = Math.max(second, count)
  }
  return { kept: toRecent(kept.reverse()), pruned }
}

function toRecent(texts: readonly Text[]): Recent {
  const writers = [...new Set(texts.map(([, uid]) => uid))]
  const placeOf = new Map(writers.map((uid, place) => [uid, place]))
  return {
    seqs: Uint32Array.from(texts, ([seq]) => seq),
    by: Uint8Array.from(texts, ([, uid]) => placeOf.get(uid) ?? 0),
    writers,
  }
}

/**
 * How many messages of others follow the mark, up to 100.
 * @returns undefined when the summary does not tell, and the log must be asked
 */
export function unreadOf(summary: Summary, uid: number, mark: number): number | undefined {
  const { recent, from, pruned, holes } = summary
  const { seqs, by } = recent
  const own = recent.writers.indexOf(uid)
  let count = 0
  for (let i = seqs.length - 1; i >= 0 && (seqs[i] ?? 0) > mark && count < maxUnread; i -= 1) {
    if (by[i] !== own) count += 1
  }
  if (count === maxUnread) return count
  if (mark + 1 < from || (mark < pruned && count + holes >= maxUnread)) return undefined
  return count
}
