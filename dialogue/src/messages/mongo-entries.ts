import type { NewMessage } from '@roundtable/common/dialogue-requests'
import type { LogEntry, Message, ShownEntry } from '@roundtable/common/dialogue-wire'
import { ObjectId } from 'mongodb'
import { contentHash } from '../content-hash.ts'
import {
  type EntryDocument,
  type MembersDocument,
  type MessageDocument,
  placeOf,
  type ShownMessage,
} from '../mongo/collections.ts'

export function toDocument(message: NewMessage, seq: number, at: Date): MessageDocument {
  const cid = new ObjectId(message.cid)
  return {
    _id: new ObjectId(message.id),
    cid,
    seq,
    place: placeOf(cid, seq),
    uid: message.uid,
    text: message.txt,
    createdAt: Math.floor(at.getTime() / 1000),
    hash: contentHash.message(message),
    kind: 'text',
  }
}

export function toMessage(stored: ShownMessage): Message {
  return {
    object: 'message',
    id: stored._id.toHexString(),
    cid: stored.cid.toHexString(),
    uid: stored.uid,
    createdAt: stored.createdAt,
    text: stored.text,
    seq: stored.seq,
    ...(stored.editedAt === undefined ? {} : { editedAt: stored.editedAt }),
    ...(stored.rev === undefined ? {} : { rev: stored.rev }),
    ...(stored.deleted ? { deleted: true } : {}),
  }
}

/** Whether pages show it. */
export function isShown<T extends Pick<EntryDocument, 'kind'>>(
  entry: T,
): entry is T & { kind: 'text' | 'members' } {
  return entry.kind === 'text' || entry.kind === 'members'
}

/** @param message what an edit was made of, as it is now */
export function toEntry(entry: EntryDocument, message?: ShownMessage): LogEntry {
  if (entry.kind === 'text' || entry.kind === 'members') return toShownEntry(entry)
  const { seq, uid, createdAt } = entry
  const where = { seq, cid: entry.cid.toHexString(), id: entry.of.toHexString(), uid }
  if (entry.kind === 'deletion') return { object: 'deletion', ...where, createdAt }
  return {
    object: 'edit',
    ...where,
    text: message?.text ?? '',
    editedAt: createdAt,
    ...(message?.rev === undefined ? {} : { rev: message.rev }),
    createdAt: message?.createdAt ?? createdAt,
  }
}

export function toShownEntry(entry: MessageDocument | MembersDocument): ShownEntry {
  if (entry.kind === 'text') return toMessage(entry)
  return {
    object: 'members',
    id: entry._id.toHexString(),
    seq: entry.seq,
    cid: entry.cid.toHexString(),
    uid: entry.uid,
    added: entry.added,
    removed: entry.removed,
    ...(entry.name === undefined ? {} : { name: entry.name }),
    createdAt: entry.createdAt,
  }
}
