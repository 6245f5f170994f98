import { type Document, MaxKey, type ObjectId } from 'mongodb'

/** Names, documents and indexes of the collections: see docs/schema/mongo.md. */
export const collections = { log: 'log', userChats: 'userChats' } as const

/**
 * The place of the chat itself in its log: above every number. So the end of the log, read backwards, tells in one
 * command whether the chat is there, who its members are, and what was said last.
 */
export const headSeq = new MaxKey()

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
  /** The last change of members, the hash of its content, and whom it removed. */
  change?: { id: ObjectId; hash: string; removed: number[] }
}

export interface MessageDocument {
  _id: ObjectId
  cid: ObjectId
  /** Place in the chat's log, from 1. */
  seq: number
  uid: number
  text: string
  /** Unix seconds. */
  createdAt: number
  /** Of what its author sent. */
  hash: string
  kind: 'text'
  /** On the first entry of each insert until the chat's place in its members' lists is brought up to date. */
  unsettled?: Date
}

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
}

/** The log of a chat; a place is given once. */
export const logIndex = { cid: 1, seq: 1 }
/** Marks left behind, oldest first. */
export const unsettledIndex = { unsettled: 1 }
/** A user's list, by latest activity. */
export const listIndex = { uid: 1, at: -1, cid: -1 }
export const idIndex = { _id: 1 }

/** The commands that make the indexes; they change nothing where the indexes are. */
export const createIndexes: readonly Document[] = [
  {
    createIndexes: collections.log,
    indexes: [
      { key: logIndex, name: 'log', unique: true },
      { key: unsettledIndex, name: 'unsettled', sparse: true },
    ],
  },
  { createIndexes: collections.userChats, indexes: [{ key: listIndex, name: 'list' }] },
]
