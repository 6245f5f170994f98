import type { MessageDeletion, MessageEdit } from '@roundtable/common/dialogue-requests'
import type { Message } from '@roundtable/common/dialogue-wire'
import { createMembershipCheck, usersOf } from '../chats/sqlite-membership.ts'
import { contentHash, deletionId } from '../content-hash.ts'
import { editedMeanwhile, nameReused, noSuchMessage, notTheAuthor } from '../refusals.ts'
import type { SqliteDatabase } from '../sqlite/database.ts'
import { type EntryRow, toMessage } from './sqlite-entries.ts'
import type { SqliteLog } from './sqlite-log.ts'

/** Edits and deletions: the message and its entry change in one transaction. Call them within log.write(). */
export function createSqliteEdits(database: SqliteDatabase, log: SqliteLog) {
  const asMember = createMembershipCheck(database)
  const update = database.prepare('UPDATE messages SET text = ?, rev = rev + 1, edited_at = ? WHERE id = ?')
  const empty = database.prepare("UPDATE messages SET text = x'', deleted = 1 WHERE id = ?")

  /** The message, for its author, and who is in the chat. */
  function findOwn(id: string, { cid, uid }: { cid: string; uid: number }): [EntryRow, number[]] {
    const chat = asMember(cid, uid)
    const message = log.find(id)
    if (message?.cid !== cid || message.kind !== 'text') throw noSuchMessage()
    if (message.uid !== uid) throw notTheAuthor()
    return [message, usersOf(chat)]
  }

  function now(id: string): Message {
    const message = log.find(id)
    if (!message) throw noSuchMessage()
    return toMessage(message)
  }

  function edit(id: string, request: MessageEdit): Message {
    const { cid, uid, rev, txt } = request
    const [message, users] = findOwn(id, request)
    const hash = contentHash.edit(id, request)
    const told = log.find(request.edit)
    if (told && told.hash !== hash) throw nameReused()
    if (told) return toMessage(message)
    if (message.deleted) throw noSuchMessage()
    if (message.rev !== rev) throw editedMeanwhile()
    const at = Date.now()
    update.run(Buffer.from(txt), Math.floor(at / 1000), id)
    log.append({ id: request.edit, cid, uid, hash, kind: 'edit', at, target: id }, users)
    return now(id)
  }

  function remove(id: string, request: MessageDeletion): Message {
    const { cid, uid } = request
    const [message, users] = findOwn(id, request)
    if (message.deleted) return toMessage(message)
    empty.run(id)
    const entry = {
      id: deletionId(id),
      hash: contentHash.deletion(id),
      kind: 'deletion' as const,
      target: id,
    }
    log.append({ ...entry, cid, uid, at: Date.now() }, users)
    return now(id)
  }

  return { edit, remove }
}
