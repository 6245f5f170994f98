import type { Chat, ChatList, ChatListQuery, MembersChange, NewChat } from '@roundtable/common/dialogue-wire'
import { contentHash } from '../content-hash.ts'
import { changedMeanwhile, nameReused, noSuchChat } from '../refusals.ts'
import type { SqliteDatabase } from '../sqlite/database.ts'
import { decodeListCursor, encodeListCursor } from './list-cursor.ts'
import { type ChatRow, createMembershipCheck, toChat, usersOf } from './sqlite-membership.ts'
import type { ChatStore } from './store.ts'

/** Chats in SQLite. */
export function createSqliteChats(database: SqliteDatabase): ChatStore {
  const asMember = createMembershipCheck(database)
  const byId = database.prepare<ChatRow>('SELECT * FROM chats WHERE id = ?')
  const insertChat = database.prepare(
    'INSERT INTO chats (id, users, rev, created_at, hash) VALUES (?, ?, 0, ?, ?)',
  )
  const updateChat = database.prepare(
    'UPDATE chats SET users = ?, rev = rev + 1, change = ?, change_hash = ? WHERE id = ?',
  )
  const insertMember = database.prepare('INSERT INTO members (cid, uid, at) VALUES (?, ?, ?)')
  const deleteMember = database.prepare('DELETE FROM members WHERE cid = ? AND uid = ?')
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
      return toChat(asMember(chat.id, chat.uid))
    }
    const now = Date.now()
    insertChat.run(chat.id, JSON.stringify(chat.users), Math.floor(now / 1000), hash)
    for (const uid of chat.users) insertMember.run(chat.id, uid, now)
    return toChat(asMember(chat.id, chat.uid))
  }

  function changeMembers(cid: string, uid: number, change: MembersChange): Chat {
    const row = byId.get(cid)
    if (row === undefined) throw noSuchChat()
    const hash = contentHash.change(cid, uid, change)
    // Asked before membership: who left by this change may still repeat it.
    if (row.change === change.change && row.change_hash === hash) return toChat(row)
    const before = usersOf(asMember(cid, uid))
    if (row.change === change.change) throw nameReused()
    if (row.rev !== change.rev) throw changedMeanwhile()
    updateChat.run(JSON.stringify(change.users), change.change, hash, cid)
    const now = Date.now()
    for (const user of change.users) if (!before.includes(user)) insertMember.run(cid, user, now)
    for (const user of before) if (!change.users.includes(user)) deleteMember.run(cid, user)
    return toChat({ ...row, users: JSON.stringify(change.users), rev: row.rev + 1 })
  }

  function list({ uid, limit, cursor }: ChatListQuery): ChatList {
    const after = cursor === undefined ? undefined : decodeListCursor(uid, cursor)
    const rows = listPage.all(uid, after?.at ?? Number.MAX_SAFE_INTEGER, after?.cid ?? '', limit + 1)
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      object: 'list',
      data: page.map(toChat),
      ...(last && rows.length > limit
        ? { nextCursor: encodeListCursor(uid, { at: last.at, cid: last.id }) }
        : {}),
    }
  }

  return {
    create: async (chat) => database.write(() => create(chat)),
    get: async (cid, uid) => database.read(() => toChat(asMember(cid, uid))),
    changeMembers: async (cid, uid, change) => database.write(() => changeMembers(cid, uid, change)),
    list: async (query) => database.read(() => list(query)),
  }
}
