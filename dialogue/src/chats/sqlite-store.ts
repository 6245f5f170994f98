import type { ChatListQuery, MembersChange, NewChat, ReadTo } from '@roundtable/common/dialogue-requests'
import {
  type Chat,
  type ChatList,
  type Heads,
  maxHeads,
  type ReadMark,
  type ReadMarkList,
} from '@roundtable/common/dialogue-wire'
import { contentHash } from '../content-hash.ts'
import type { MembersDetail } from '../messages/sqlite-entries.ts'
import { createSqliteLog } from '../messages/sqlite-log.ts'
import type { OnStored } from '../on-stored.ts'
import { changedMeanwhile, directChatStays, nameReused, noSuchChat } from '../refusals.ts'
import type { SqliteDatabase } from '../sqlite/database.ts'
import { decodeListCursor, encodeListCursor } from './list-cursor.ts'
import { type ChatRow, createMembershipCheck, usersOf } from './sqlite-membership.ts'
import { createSqliteViews } from './sqlite-views.ts'
import type { ChatStore } from './store.ts'

/** Chats in SQLite. What belongs together is written in one transaction. */
export function createSqliteChats(database: SqliteDatabase, onStored?: OnStored): ChatStore {
  const asMember = createMembershipCheck(database)
  const log = createSqliteLog(database, onStored)
  const { toChat, readSeq } = createSqliteViews(database, log)
  const byId = database.prepare<ChatRow>('SELECT * FROM chats WHERE id = ?')
  const insertChat = database.prepare(
    'INSERT INTO chats (id, users, rev, created_at, hash, name, direct) VALUES (?, ?, 0, ?, ?, ?, ?)',
  )
  const updateChat = database.prepare(
    'UPDATE chats SET users = ?, name = ?, rev = rev + 1, change = ?, change_hash = ? WHERE id = ?',
  )
  const insertMember = database.prepare('INSERT INTO members (cid, uid, at) VALUES (?, ?, ?)')
  const deleteMember = database.prepare('DELETE FROM members WHERE cid = ? AND uid = ?')
  const moveMark = database.prepare('UPDATE members SET read = ? WHERE cid = ? AND uid = ?')
  const listPage = database.prepare<ChatRow & { at: number }>(
    `SELECT chats.*, members.at FROM members JOIN chats ON chats.id = members.cid
     WHERE members.uid = ? AND (members.at, members.cid) < (?, ?)
     ORDER BY members.at DESC, members.cid DESC LIMIT ?`,
  )

  function create(chat: NewChat): Chat {
    const hash = contentHash.chat(chat)
    const stored = byId.get(chat.id)
    if (stored) {
      if (stored.hash !== hash) throw nameReused()
      return toChat(asMember(chat.id, chat.uid), chat.uid)
    }
    const now = Date.now()
    const { id, users, name, direct } = chat
    insertChat.run(id, JSON.stringify(users), Math.floor(now / 1000), hash, name || null, direct ? 1 : 0)
    for (const uid of users) insertMember.run(id, uid, now)
    return toChat(asMember(id, chat.uid), chat.uid)
  }

  function changeMembers(cid: string, uid: number, change: MembersChange): Chat {
    const row = byId.get(cid)
    if (row === undefined) throw noSuchChat()
    const hash = contentHash.change(cid, uid, change)
    // Asked before membership: who left by this change may still repeat it.
    if (row.change === change.change && row.change_hash === hash) return toChat(row, uid)
    const told = log.find(change.change)
    if (told?.hash === hash) return toChat(asRepeated(row, uid, change), uid)
    const before = usersOf(asMember(cid, uid))
    if (told || row.change === change.change) throw nameReused()
    if (row.rev !== change.rev) throw changedMeanwhile()
    if (row.direct) throw directChatStays()

    const detail = detailOf(row, before, change)
    const name = detail.name ?? row.name ?? ''
    updateChat.run(JSON.stringify(change.users), name || null, change.change, hash, cid)
    const at = Date.now()
    for (const user of detail.added) insertMember.run(cid, user, at)
    for (const user of detail.removed) deleteMember.run(cid, user)
    if (detail.added.length + detail.removed.length > 0 || detail.name !== undefined) {
      const entry = { id: change.change, cid, uid, hash, kind: 'members' as const, at }
      log.append({ ...entry, detail: JSON.stringify(detail) }, change.users)
    }
    return toChat({ ...row, users: JSON.stringify(change.users), rev: row.rev + 1, name: name || null }, uid)
  }

  function list({ uid, limit, cursor }: ChatListQuery): ChatList {
    const after = cursor === undefined ? undefined : decodeListCursor(uid, cursor)
    const rows = listPage.all(uid, after?.at ?? Number.MAX_SAFE_INTEGER, after?.cid ?? '', limit + 1)
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      object: 'list',
      data: page.map((row) => toChat(row, uid)),
      ...(last && rows.length > limit
        ? { nextCursor: encodeListCursor(uid, { at: last.at, cid: last.id }) }
        : {}),
    }
  }

  function heads(uid: number): Heads {
    const rows = listPage.all(uid, Number.MAX_SAFE_INTEGER, '', maxHeads + 1)
    const chats = Object.fromEntries(rows.slice(0, maxHeads).map(({ id }) => [id, log.lastSeq(id)]))
    const hasMore = rows.length > maxHeads
    return { object: 'heads', chats, ...(hasMore ? { hasMore } : {}) }
  }

  function markRead(cid: string, { uid, seq }: ReadTo): ReadMark {
    const users = usersOf(asMember(cid, uid))
    const before = readSeq(cid, uid)
    // A mark beyond the end would hide messages that are yet to come.
    const wanted = Math.min(seq, log.lastSeq(cid))
    if (wanted <= before) return { object: 'read', cid, uid, seq: before }
    moveMark.run(wanted, cid, uid)
    log.tell({ name: 'read', body: { cid, uid, seq: wanted, users } })
    return { object: 'read', cid, uid, seq: wanted }
  }

  function readMarks(cid: string, uid: number): ReadMarkList {
    const users = usersOf(asMember(cid, uid))
    const data = users.map((user) => ({ object: 'read' as const, cid, uid: user, seq: readSeq(cid, user) }))
    return { object: 'list', data }
  }

  return {
    create: (chat) => database.write(() => create(chat)),
    get: async (cid, uid) => database.read(() => toChat(asMember(cid, uid), uid)),
    changeMembers: (cid, uid, change) => log.write(() => changeMembers(cid, uid, change)),
    list: async (query) => database.read(() => list(query)),
    heads: async (uid) => database.read(() => heads(uid)),
    markRead: (cid, mark) => log.write(() => markRead(cid, mark)),
    readMarks: async (cid, uid) => database.read(() => readMarks(cid, uid)),
  }
}

/**
 * What a change that others have followed is answered with: the chat as it is now, to who left by it the chat as they
 * left it.
 * @throws AppError 4040 to who was removed since
 */
function asRepeated(row: ChatRow, uid: number, { users, rev, name }: MembersChange): ChatRow {
  if (usersOf(row).includes(uid)) return row
  if (users.includes(uid)) throw noSuchChat()
  return { ...row, users: JSON.stringify(users), rev: rev + 1, name: name || null }
}

function detailOf(row: ChatRow, before: readonly number[], { users, name }: MembersChange): MembersDetail {
  return {
    added: users.filter((user) => !before.includes(user)),
    removed: before.filter((user) => !users.includes(user)),
    ...(name !== undefined && name !== (row.name ?? '') ? { name } : {}),
  }
}
