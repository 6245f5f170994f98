import type { ServerFrame } from '../api/frames.ts'
import type { LogEntry, MembersEntry, Message, Page, ShownEntry } from '../api/types.ts'

/** What an entry of a chat's log does to what is shown of it. */
export type LogStep =
  | { do: 'show'; seq: number; entry: ShownEntry }
  | { do: 'edit'; seq: number; id: string; text: string; editedAt: number }
  | { do: 'delete'; seq: number; id: string }

/** What became of a message after it was written. */
type Fate = { seq: number; text: string; editedAt: number } | { seq: number; deleted: true }

/** What is known of the log of one chat. Nothing in it is ever changed: each function makes another one. */
export interface MessageLog {
  /** Oldest first, by seq. */
  shown: readonly ShownEntry[]
  /** Every entry up to this one is in it. */
  lastSeq: number
  /** The greatest seq that is known to exist. */
  head: number
  /** Entries that came before those they follow on. */
  ahead: ReadonlyMap<number, LogStep>
  /** Edits and deletions, by message: a page of older ones may have been read before them. */
  fates: ReadonlyMap<string, Fate>
  /** There are older ones than these. */
  hasOlder: boolean
}

/** Begins with the newest page of a chat, newest first. */
export function startLog(page: Page<ShownEntry>): MessageLog {
  const shown = [...page.data].reverse()
  const lastSeq = shown.at(-1)?.seq ?? 0
  return {
    shown,
    lastSeq,
    head: lastSeq,
    ahead: new Map(),
    fates: new Map(),
    hasOlder: page.nextCursor !== undefined,
  }
}

/** Adds the page, newest first, that comes before what is shown. Another page than that changes nothing. */
export function addOlder(log: MessageLog, page: Page<ShownEntry>, beforeId: string | undefined): MessageLog {
  if (log.shown[0]?.id !== beforeId) return log
  const older = [...page.data].reverse().map((entry) => withFate(entry, log.fates.get(entry.id)))
  return { ...log, shown: [...older, ...log.shown], hasOlder: page.nextCursor !== undefined }
}

/**
 * Takes entries in whatever order and however often they come, and applies each once and in order of seq. One that
 * comes too early is kept until those before it are here.
 */
export function applySteps(log: MessageLog, steps: readonly LogStep[]): MessageLog {
  const fresh = steps.filter(({ seq }) => seq > log.lastSeq && !log.ahead.has(seq))
  if (fresh.length === 0) return log
  const ahead = new Map(log.ahead)
  for (const step of fresh) ahead.set(step.seq, step)
  const due: LogStep[] = []
  for (let step = ahead.get(log.lastSeq + 1); step; step = ahead.get(step.seq + 1)) {
    ahead.delete(step.seq)
    due.push(step)
  }
  const head = Math.max(log.head, ...fresh.map(({ seq }) => seq))
  return due.reduce(applyNext, { ...log, ahead, head })
}

/** There are entries up to this seq. */
export function knowHead(log: MessageLog, head: number): MessageLog {
  return head > log.head ? { ...log, head } : log
}

/** Some entry that is known to exist is not here. */
export function isBehind(log: MessageLog): boolean {
  return log.head > log.lastSeq
}

/** What is missing cannot be had: it is not waited for any longer. */
export function withoutMissing(log: MessageLog): MessageLog {
  return isBehind(log) ? { ...log, head: log.lastSeq, ahead: new Map() } : log
}

function applyNext(log: MessageLog, step: LogStep): MessageLog {
  const next = { ...log, lastSeq: step.seq }
  if (step.do === 'show')
    return { ...next, shown: [...log.shown, withFate(step.entry, log.fates.get(step.entry.id))] }
  const fate: Fate =
    step.do === 'edit'
      ? { seq: step.seq, text: step.text, editedAt: step.editedAt }
      : { seq: step.seq, deleted: true }
  return {
    ...next,
    fates: new Map(log.fates).set(step.id, fate),
    shown: log.shown.map((entry) => (entry.id === step.id ? withFate(entry, fate) : entry)),
  }
}

function withFate(entry: ShownEntry, fate: Fate | undefined): ShownEntry {
  if (!fate || entry.object !== 'message' || fate.seq < entry.seq) return entry
  return 'deleted' in fate
    ? { ...entry, text: '', deleted: true }
    : { ...entry, text: fate.text, editedAt: fate.editedAt }
}

/** What an entry does, as GET …/messages?after= answers it. */
export function stepOfEntry(entry: LogEntry): LogStep {
  switch (entry.object) {
    case 'edit':
      return { do: 'edit', seq: entry.seq, id: entry.id, text: entry.text, editedAt: entry.editedAt }
    case 'deletion':
      return { do: 'delete', seq: entry.seq, id: entry.id }
    default:
      return showStep(entry)
  }
}

/** What a frame does, and in which chat; undefined for one that is not of a log. */
export function stepOfFrame(frame: ServerFrame): { cid: string; step: LogStep } | undefined {
  switch (frame.type) {
    case 'message':
      return { cid: frame.message.cid, step: showStep(frame.message) }
    case 'members':
      return { cid: frame.members.cid, step: showStep(frame.members) }
    case 'edited': {
      const { cid, seq, id, text, editedAt = 0 } = frame.message
      return { cid, step: { do: 'edit', seq, id, text, editedAt } }
    }
    case 'deleted':
      return { cid: frame.cid, step: { do: 'delete', seq: frame.seq, id: frame.id } }
    default:
      return undefined
  }
}

function showStep(entry: Message | MembersEntry): LogStep {
  return { do: 'show', seq: entry.seq, entry }
}
