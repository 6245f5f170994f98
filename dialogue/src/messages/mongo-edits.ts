import type { MessageDeletion, MessageEdit } from '@roundtable/common/dialogue-requests'
import type { Message } from '@roundtable/common/dialogue-wire'
import { type Document, ObjectId } from 'mongodb'
import { contentHash, deletionId } from '../content-hash.ts'
import { type Budget, startBudget } from '../mongo/budget.ts'
import {
  collections,
  type HiddenDocument,
  idIndex,
  type MessageDocument,
  type Unplaced,
} from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import { afterWrite } from '../mongo/errors.ts'
import { shortPause } from '../mongo/pause.ts'
import type { Now } from '../mongo/store-clock.ts'
import {
  editedMeanwhile,
  nameReused,
  noSuchChat,
  noSuchMessage,
  notTheAuthor,
  outcomeUnknown,
} from '../refusals.ts'
import { toMessage } from './mongo-entries.ts'
import { findEntry, findMessage, findTail } from './mongo-finds.ts'
import type { OwedEntries } from './mongo-owed.ts'

/**
 * Edits and deletions: done on the message first, on the rev it was read at, then told by the log. See OwedEntries for
 * what happens when a node dies in between.
 */
export function createMongoEdits(commands: MongoCommands, owed: Pick<OwedEntries, 'pay'>, now: Now) {
  async function edit(id: string, request: MessageEdit): Promise<Message> {
    const { cid, uid, rev } = request
    const budget = startBudget()
    const hash = contentHash.edit(id, request)
    const [message, told] = await Promise.all([
      findOwn(id, request, budget),
      findEntry(commands, cid, request.edit, budget),
    ])
    if (told && told.hash !== hash) throw nameReused()
    if (told || isLastEdit(message, request, hash)) return await finish(message, budget)
    if (message.deleted) throw noSuchMessage()
    if ((message.rev ?? 0) !== rev) throw editedMeanwhile()
    await owed.pay(message, budget)

    const at = new Date(now())
    const changed = {
      text: request.txt,
      rev: rev + 1,
      editedAt: seconds(at),
      edit: { id: new ObjectId(request.edit), hash },
      owed: { at, entry: entryOf(message, { kind: 'edit', id: request.edit, uid, hash, at }) },
    }
    if (await changeAt(message, changed, budget)) return await finish({ ...message, ...changed }, budget)

    const current = await afterWrite(untilPast(message, budget))
    if (isLastEdit(current, request, hash)) return await finish(current, budget)
    throw current.deleted ? noSuchMessage() : editedMeanwhile()
  }

  async function remove(id: string, request: MessageDeletion): Promise<Message> {
    const budget = startBudget()
    let message = await findOwn(id, request, budget)
    while (!message.deleted) {
      await owed.pay(message, budget)
      const at = new Date(now())
      const told = {
        kind: 'deletion',
        id: deletionId(id),
        uid: request.uid,
        hash: contentHash.deletion(id),
        at,
      } as const
      const changed = { text: '', deleted: true, owed: { at, entry: entryOf(message, told) } } as const
      message = (await changeAt(message, changed, budget))
        ? { ...message, ...changed }
        : await afterWrite(untilPast(message, budget))
    }
    return await finish(message, budget)
  }

  /** The message, for its author. */
  async function findOwn(
    id: string,
    { cid, uid }: { cid: string; uid: number },
    budget: Budget,
  ): Promise<MessageDocument> {
    const [{ users }, message] = await Promise.all([
      findTail(commands, cid, budget),
      findMessage(commands, cid, id, budget),
    ])
    if (!users?.includes(uid)) throw noSuchChat()
    if (!message) throw noSuchMessage()
    if (message.uid !== uid) throw notTheAuthor()
    return message
  }

  /** Changes the message if nobody did since it was read. */
  async function changeAt(message: MessageDocument, set: Document, budget: Budget): Promise<boolean> {
    const { _id, cid, rev = null } = message
    const update = { q: { _id, cid, rev, deleted: null }, u: { $set: set }, hint: idIndex }
    const { n, writeErrors } = await commands.write({ update: collections.log, updates: [update] }, budget)
    if (writeErrors[0]) throw outcomeUnknown(new Error(writeErrors[0].errmsg))
    return n === 1
  }

  /** The change that was quicker may not be on a majority yet. */
  async function untilPast(known: MessageDocument, budget: Budget): Promise<MessageDocument> {
    for (;;) {
      const message = await findMessage(commands, known.cid.toHexString(), known._id.toHexString(), budget)
      if (message && (message.rev !== known.rev || message.deleted)) return message
      await shortPause()
    }
  }

  /** Also after a repeat: who did it first may have died before this. */
  async function finish(message: MessageDocument, budget: Budget): Promise<Message> {
    await owed.pay(message, budget)
    return toMessage(message)
  }

  return { edit, remove }
}

function isLastEdit({ edit }: MessageDocument, request: MessageEdit, hash: string): boolean {
  if (edit?.id.toHexString() !== request.edit) return false
  if (edit.hash !== hash) throw nameReused()
  return true
}

function entryOf(
  message: MessageDocument,
  what: { kind: HiddenDocument['kind']; id: string; uid: number; hash: string; at: Date },
): Unplaced<HiddenDocument> {
  const { kind, id, uid, hash, at } = what
  const { _id, cid, seq } = message
  return { _id: new ObjectId(id), cid, uid, createdAt: seconds(at), hash, kind, of: _id, ofSeq: seq }
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}
