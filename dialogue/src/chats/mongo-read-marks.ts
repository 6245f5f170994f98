import type { ReadTo } from '@roundtable/common/dialogue-requests'
import type { ReadMark, ReadMarkList } from '@roundtable/common/dialogue-wire'
import { findTail } from '../messages/mongo-finds.ts'
import { startBudget } from '../mongo/budget.ts'
import { collections, idIndex } from '../mongo/collections.ts'
import type { MongoCommands } from '../mongo/commands.ts'
import type { OnStored } from '../on-stored.ts'
import { noSuchChat, outcomeUnknown } from '../refusals.ts'
import { rowId } from './mongo-list-rows.ts'
import { findChatAsMember } from './mongo-membership.ts'
import { findMarks } from './mongo-views.ts'

/** Marks are kept on the users' rows: whoever moves one asks one shard. */
export function createMongoReadMarks(commands: MongoCommands, onStored: OnStored | undefined) {
  async function markRead(cid: string, { uid, seq }: ReadTo): Promise<ReadMark> {
    const budget = startBudget()
    const [{ users, tail }, marks] = await Promise.all([
      findTail(commands, cid, budget),
      findMarks(commands, cid, [uid], budget),
    ])
    if (!users?.includes(uid)) throw noSuchChat()
    const before = marks.get(uid) ?? 0
    // A mark beyond the end would hide messages that are yet to come.
    const wanted = Math.min(seq, tail.seq)
    if (wanted <= before) return { object: 'read', cid, uid, seq: before }
    const update = {
      q: { _id: rowId(uid, cid), uid, read: { $not: { $gte: wanted } } },
      u: { $set: { read: wanted } },
      hint: idIndex,
    }
    const { n, writeErrors } = await commands.write(
      { update: collections.userChats, updates: [update] },
      budget,
    )
    if (writeErrors[0]) throw outcomeUnknown(new Error(writeErrors[0].errmsg))
    if (n === 1) onStored?.({ name: 'read', body: { cid, uid, seq: wanted, users: [...users] } })
    return { object: 'read', cid, uid, seq: wanted }
  }

  async function readMarks(cid: string, uid: number): Promise<ReadMarkList> {
    const budget = startBudget()
    const { users } = await findChatAsMember(commands, cid, uid, budget)
    const marks = await findMarks(commands, cid, users, budget)
    const data = users.map((user) => ({ object: 'read' as const, cid, uid: user, seq: marks.get(user) ?? 0 }))
    return { object: 'list', data }
  }

  return { markRead, readMarks }
}
