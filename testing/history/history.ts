/** What a request of the load asks for. */
export type OperationKind = 'post' | 'read' | 'edit' | 'mark' | 'create' | 'members' | 'list' | 'profile'

/** One request of the load, as its user saw it. Times are milliseconds of performance.now(). */
export interface Operation {
  kind: OperationKind
  /** Who asked. */
  uid: number
  /** The chat it is about; of a creation the chat that was answered; empty where there is none. */
  cid: string
  startedAt: number
  endedAt: number
  /** Of the last answer; 0 when none came. */
  status: number
  /** Of the error object, when it was one. */
  code?: number
  /** How often it was sent again, with the same key, because no answer came at all. */
  repeats: number
  /** Which node answered. */
  servedBy?: string
  /** Post: what was written, once in a history. Edit: what the message was at first. */
  text?: string
  /** Post: its place in the log. Read: of the newest message, 0 when there was none. Mark: up to where one has read. */
  seq?: number
  /** Edit: how often the message has been edited, with this time. */
  edits?: number
  /** Creation and change of members: who was to be in the chat. */
  users?: readonly number[]
}

/** A message as it is read back. */
export interface StoredMessage {
  id: string
  seq: number
  uid: number
  /** As it was posted. */
  text: string
  /** How often it has been edited; 0 when it is not there. */
  edits?: number
  /** An entry that tells of members or of an edit: it has its place, and nobody posted it. */
  isNotice?: true
  /** Of an entry that tells of an edit: the id of the message. */
  editOf?: string
}

/** What is in the system when all is over, read page by page through a backend. */
export interface FinalState {
  /** Messages by chat, oldest first. */
  messages: ReadonlyMap<string, readonly StoredMessage[]>
  /** Members by chat. */
  members: ReadonlyMap<string, readonly number[]>
  /** Ids of chats by user, as their lists tell them. */
  lists: ReadonlyMap<number, readonly string[]>
  /** How far users have read, by chat and user: of the chats in which somebody marked it. */
  marks: ReadonlyMap<string, ReadonlyMap<number, number>>
}

/** All that was asked, in the order in which it was begun. */
export interface History {
  readonly operations: readonly Operation[]
  /** What a reader saw that no reader may see, noted as it was seen: two reads that disagree, a page out of order. */
  readonly sights: readonly string[]
  /** What pages have shown, by chat and place: see sights.ts. */
  readonly shown: ReadonlyMap<string, readonly (string | undefined)[]>
}

/** Whether the user got what was asked for. */
export function isAnswered(operation: Operation): boolean {
  return operation.status >= 200 && operation.status < 300
}
