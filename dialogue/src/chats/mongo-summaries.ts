import { maxUnread } from '@roundtable/common/dialogue-wire'
import { Binary, type Document, ObjectId } from 'mongodb'
import { findMessages, findTail, shownFields } from '../messages/mongo-finds.ts'
import type { Budget } from '../mongo/budget.ts'
import {
  type ChatDocument,
  collections,
  type EntryDocument,
  logIndex,
  type MessageDocument,
  placeIndex,
  placeOf,
  type StoredSummary,
} from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { advance, emptySummary, type Summary, type SummedEntry } from './summary.ts'

/** Entries that follow the summaries of all chats asked about; with more of them, each chat is read by itself. */
const entriesAtOnce = 1_000
/** Entries from which a chat is summed up when its summary is missing, or too far behind. */
const newestAtOnce = 500
/** So many chats are read by themselves at once: half of the connections are left to others. */
const chatsAtOnce = 8
/** An unread message is looked for among so many entries, so many at once. */
const countedAtOnce = 200
const countedPages = 5

/** Of a message in a stored summary. */
const bytesOfOne = Uint32Array.BYTES_PER_ELEMENT + Uint8Array.BYTES_PER_ELEMENT

const summedFields = { ...shownFields, kind: 1, ofSeq: 1 }

export function toStored({ seq, last, recent, from, pruned, holes }: Summary): StoredSummary {
  const { seqs, by, writers } = recent
  const bytes = new Uint8Array(seqs.byteLength + by.length)
  bytes.set(new Uint8Array(seqs.buffer, seqs.byteOffset, seqs.byteLength))
  bytes.set(by, seqs.byteLength)
  return {
    ...{ seq, recent: new Binary(bytes), writers: [...writers], from, pruned, holes },
    ...(last ? { last } : {}),
  }
}

function fromStored({ recent, writers, last, ...rest }: StoredSummary): Summary {
  // A copy: numbers of 4 bytes must lie at a multiple of 4.
  const bytes = new Uint8Array(recent.value())
  const count = bytes.length / bytesOfOne
  const seqs = new Uint32Array(bytes.buffer, 0, count)
  return { ...rest, last, recent: { seqs, by: bytes.subarray(seqs.byteLength), writers } }
}

/** Which of these logs go on after the entry that is known: asked by places, as a list of ranges costs far more. */
async function findGoingOn(
  commands: MongoCommands,
  known: readonly { cid: ObjectId; seq: number }[],
  budget: Budget,
): Promise<ReadonlySet<string>> {
  if (known.length === 0) return new Set()
  const next = await commands.find<Pick<EntryDocument, 'cid'>>(
    {
      find: collections.log,
      filter: {
        cid: { $in: known.map(({ cid }) => cid) },
        place: { $in: known.map(({ cid, seq }) => placeOf(cid, seq + 1)) },
      },
      projection: { _id: 0, cid: 1 },
      hint: placeIndex,
      limit: known.length,
    },
    budget,
  )
  return new Set(next.map(({ cid }) => cid.toHexString()))
}

/** What a chat was summed up from, and to. */
export interface SummedUp {
  summary: Summary
  /** It differs from what the head holds. */
  isNew: boolean
}

/** The summaries of these chats up to the ends of their logs: as the heads hold them, and brought up to date. */
export async function readSummaries(
  commands: MongoCommands,
  heads: readonly Pick<ChatDocument, '_id' | 'summary'>[],
  budget: Budget,
): Promise<Map<string, SummedUp>> {
  const goingOn = await findGoingOn(commands, placesOf(heads), budget)
  const summaries = new Map<string, SummedUp>()
  const behind = new Map<string, Summary>()
  const unknown: string[] = []
  for (const { _id, summary } of heads) {
    const cid = _id.toHexString()
    if (!summary) unknown.push(cid)
    else if (goingOn.has(cid)) behind.set(cid, fromStored(summary))
    else summaries.set(cid, { summary: fromStored(summary), isNew: false })
  }
  const newer = await findNewer<SummedEntry>(commands, behind, summedFields, budget)
  if (!newer) unknown.push(...behind.keys())
  const edited = await findEdited(commands, behind, newer ?? new Map(), budget)
  for (const [cid, known] of newer ? behind : []) {
    const entries = newer?.get(cid) ?? []
    summaries.set(cid, { summary: advance(known, entries, edited), isNew: entries.length > 0 })
  }
  await forEach(unknown, async (cid) => {
    summaries.set(cid, { summary: await sumUp(commands, cid, budget), isNew: true })
  })
  return summaries
}

/**
 * The seq of the newest entry of each of these chats.
 * @param heads `summary` holds the seq alone
 */
export async function readLastSeqs(
  commands: MongoCommands,
  heads: readonly { _id: ObjectId; summary?: { seq: number } }[],
  budget: Budget,
): Promise<Map<string, number>> {
  const goingOn = await findGoingOn(commands, placesOf(heads), budget)
  const seqs = new Map<string, number>()
  const unknown: string[] = []
  for (const { _id, summary } of heads) {
    if (summary) seqs.set(_id.toHexString(), summary.seq)
    else unknown.push(_id.toHexString())
  }
  const behind = new Map(
    [...seqs].flatMap(([cid, seq]) => (goingOn.has(cid) ? [[cid, { seq }] as const] : [])),
  )
  const newer = await findNewer<{ seq: number }>(commands, behind, { _id: 0, cid: 1, seq: 1 }, budget)
  for (const [cid, entries] of newer ?? []) seqs.set(cid, entries.at(-1)?.seq ?? 0)
  if (!newer) unknown.push(...behind.keys())
  await forEach(unknown, async (cid) => {
    seqs.set(cid, (await findTail(commands, cid, budget)).tail.seq)
  })
  return seqs
}

async function forEach(cids: readonly string[], read: (cid: string) => Promise<void>): Promise<void> {
  for (let first = 0; first < cids.length; first += chatsAtOnce) {
    await Promise.all(cids.slice(first, first + chatsAtOnce).map(read))
  }
}

function placesOf(heads: readonly { _id: ObjectId; summary?: { seq: number } }[]) {
  return heads.flatMap(({ _id, summary }) => (summary ? [{ cid: _id, seq: summary.seq }] : []))
}

/** The entries that follow these places, oldest first, by chat; undefined when there are too many to read at once. */
async function findNewer<Entry extends { seq: number }>(
  commands: MongoCommands,
  behind: ReadonlyMap<string, { seq: number }>,
  projection: Document,
  budget: Budget,
): Promise<Map<string, Entry[]> | undefined> {
  if (behind.size === 0) return new Map()
  const ranges = [...behind].map(([cid, { seq }]) => ({ cid: new ObjectId(cid), seq: { $gt: seq } }))
  const [range] = ranges
  const found = await commands.find<Entry & { cid: ObjectId }>(
    {
      find: collections.log,
      filter: ranges.length === 1 && range ? range : { $or: ranges },
      projection,
      hint: logIndex,
      limit: entriesAtOnce,
    },
    budget,
  )
  if (found.length === entriesAtOnce) return undefined
  const byChat = new Map<string, Entry[]>()
  for (const entry of found) {
    const cid = entry.cid.toHexString()
    const entries = byChat.get(cid)
    if (entries) entries.push(entry)
    else byChat.set(cid, [entry])
  }
  for (const entries of byChat.values()) entries.sort((a, b) => a.seq - b.seq)
  return byChat
}

/** The messages that these entries are edits of, as they are now, where a summary shows them. */
async function findEdited(
  commands: MongoCommands,
  behind: ReadonlyMap<string, Summary>,
  newer: ReadonlyMap<string, readonly SummedEntry[]>,
  budget: Budget,
) {
  const edited = [...newer].flatMap(([cid, entries]) => {
    const last = behind.get(cid)?.last
    return last && entries.some((entry) => entry.kind === 'edit' && entry.ofSeq === last.seq) ? [last] : []
  })
  const cids = edited.map(({ cid }) => cid)
  const ids = edited.map(({ _id }) => _id)
  return await findMessages(commands, cids, ids, budget)
}

/** A summary of the newest entries: of a chat that has none, or one that is far behind. */
async function sumUp(commands: MongoCommands, cid: string, budget: Budget): Promise<Summary> {
  const filter = { cid: new ObjectId(cid), seq: { $gt: 0 } }
  const newestFirst = await findBack<SummedEntry>(commands, filter, summedFields, newestAtOnce, budget)
  const entries = newestFirst.reverse()
  const from = entries.length < newestAtOnce ? 1 : (entries[0]?.seq ?? 1)
  return advance({ ...emptySummary, from }, entries)
}

type CountedEntry = Pick<MessageDocument, 'seq' | 'uid' | 'deleted'> & Pick<EntryDocument, 'kind'>

/**
 * Counts in the log itself what a summary does not tell, up to 100. It looks at the newest 1,000 entries at most.
 */
export async function countUnread(
  commands: MongoCommands,
  { cid, uid, mark }: { cid: string; uid: number; mark: number },
  budget: Budget,
): Promise<number> {
  let count = 0
  let below = Number.MAX_SAFE_INTEGER
  for (let page = 0; page < countedPages && count < maxUnread; page += 1) {
    const filter = { cid: new ObjectId(cid), seq: { $gt: mark, $lt: below } }
    const fields = { _id: 0, seq: 1, uid: 1, kind: 1, deleted: 1 }
    const entries = await findBack<CountedEntry>(commands, filter, fields, countedAtOnce, budget)
    count += entries.filter((entry) => entry.kind === 'text' && entry.uid !== uid && !entry.deleted).length
    if (entries.length < countedAtOnce) break
    below = entries.at(-1)?.seq ?? 0
  }
  return Math.min(count, maxUnread)
}

/** Entries, newest first. */
function findBack<Entry>(
  commands: MongoCommands,
  filter: Document,
  projection: Document,
  limit: number,
  budget: Budget,
): Promise<Entry[]> {
  return commands.find(
    {
      find: collections.log,
      filter,
      sort: { seq: -1 },
      projection,
      hint: logIndex,
      limit,
    },
    budget,
  )
}
