import { Binary, type Document, MaxKey, type ObjectId } from 'mongodb'

/** Names, documents and indexes of the collections: see docs/schema/mongo.md. */
export const collections = { log: 'log', userChats: 'userChats' } as const

/**
 * The place of the chat itself in its log: above every number. So the end of the log, read backwards, tells in one
 * command whether the chat is there, who its members are, and what was said last.
 */
export const headSeq = new MaxKey()

const seqBytes = 4

/** The value of `place`. */
export function placeOf(cid: ObjectId, seq: number): Binary {
  const id = cid.id
  const bytes = Buffer.alloc(id.length + seqBytes)
  bytes.set(id)
  bytes.writeUInt32BE(seq, id.length)
  return new Binary(bytes)
}

/** The head of a log. */
export interface ChatDocument {
  /** The chat's id, as in `cid`. */
  _id: ObjectId
  cid: ObjectId
  seq: MaxKey
  kind: 'chat'
  users: number[]
  rev: number
  /** Unix seconds. */
  createdAt: number
  /** Of what its creator sent. */
  hash: string
  name?: string
  direct?: true
  /** The last change of members, the hash of its content, and whom it removed. */
  change?: { id: ObjectId; hash: string; removed: number[] }
  /** The entry that tells of the last change, until it is in the log. */
  owed?: Owed<Unplaced<MembersDocument>>
  /** What the log comes to; missing on a chat made by an older version. */
  summary?: StoredSummary
}

/** An entry before it is in the log. */
export type Unplaced<Entry> = Omit<Entry, 'seq' | 'place' | 'below' | 'unsettled'>

/** What a document already shows and the log does not tell yet. */
export interface Owed<Entry> {
  /** Since when. */
  at: Date
  entry: Entry
}

/** A log up to a place, so that lists need not read it. */
export interface StoredSummary {
  /** The last entry it knows of. */
  seq: number
  /** The newest message. */
  last?: ShownMessage
  /** The latest messages that anyone may not have read, oldest first: of each its seq in 4 bytes, then of each 1 byte. */
  recent: Binary
  /** Whom these last bytes are places of. */
  writers: number[]
  /** As in Summary. */
  from: number
  pruned: number
  holes: number
}

/** Fields of every entry. */
interface EntryFields {
  /** Named by who asked for it, so that it is stored once. */
  _id: ObjectId
  cid: ObjectId
  /** Place in the chat's log, from 1. */
  seq: number
  /** Chat and seq as one value, by placeOf(): whether many logs go on is asked by a list of these. */
  place: Binary
  /** Who did it. */
  uid: number
  /** Unix seconds. */
  createdAt: number
  /** Of what was asked for. */
  hash: string
  /** On the first entry of each insert until the lists of the members and the summary know of it. */
  unsettled?: Date
}

/** A message, as it is now. */
export interface MessageDocument extends EntryFields {
  kind: 'text'
  text: string
  /** How often it was edited. */
  rev?: number
  /** Unix seconds. */
  editedAt?: number
  deleted?: true
  /** The last edit, and the hash of its content. */
  edit?: { id: ObjectId; hash: string }
  /** The entry that tells of the last edit, or of the deletion, until it is in the log. */
  owed?: Owed<Unplaced<HiddenDocument>>
}

/** Who came and went, and the new name. */
export interface MembersDocument extends EntryFields {
  kind: 'members'
  added: number[]
  removed: number[]
  name?: string
}

/** An edit or a deletion: it tells of another entry, and no page shows it. */
export interface HiddenDocument extends EntryFields {
  kind: 'edit' | 'deletion'
  /** The message; the text of an edit is there. */
  of: ObjectId
  /** Its place. */
  ofSeq: number
  /** The seq of the nearest entry below that a page shows, 0 when there is none: readers of pages skip to it. */
  below: number
}

/** Anything with a number. */
export type EntryDocument = MessageDocument | MembersDocument | HiddenDocument

/** What a message is answered from. */
export type ShownMessage = Pick<
  MessageDocument,
  '_id' | 'cid' | 'seq' | 'uid' | 'text' | 'createdAt' | 'editedAt' | 'rev' | 'deleted'
>

/** One chat in one user's list. */
export interface UserChatDocument {
  /** Made of uid and cid by rowId(). */
  _id: string
  uid: number
  cid: ObjectId
  /** Latest activity. */
  at: Date
  /** The chat's rev that named the user, so that a late removal spares who was added again since. */
  rev: number
  /** Up to where the user has read; missing at first. */
  read?: number
}

/** The log of a chat; a place is given once. */
export const logIndex = { cid: 1, seq: 1 }
/** Each entry by itself. */
export const placeIndex = { place: 1 }
/** Marks not taken off yet, oldest first. */
export const unsettledIndex = { unsettled: 1 }
/** What the log is owed, oldest first. */
export const owedIndex = { 'owed.at': 1 }
/** Words of messages, by chat. */
export const wordsIndex = { cid: 1, text: 'text', seq: -1 }
/** A user's list, by latest activity. */
export const listIndex = { uid: 1, at: -1, cid: -1 }
export const idIndex = { _id: 1 }

/** The commands that make the indexes; they change nothing where the indexes are. */
export const createIndexes: readonly Document[] = [
  {
    createIndexes: collections.log,
    indexes: [
      { key: logIndex, name: 'log', unique: true },
      { key: placeIndex, name: 'place', sparse: true },
      { key: unsettledIndex, name: 'unsettled', sparse: true },
      { key: owedIndex, name: 'owed', sparse: true },
      // Words as they are: what one language leaves out or cuts short is a word of another.
      { key: wordsIndex, name: 'words', default_language: 'none' },
    ],
  },
  { createIndexes: collections.userChats, indexes: [{ key: listIndex, name: 'list' }] },
]
