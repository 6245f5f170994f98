import { rowId } from '@roundtable/dialogue/chats/mongo-list-rows'
import { toStored } from '@roundtable/dialogue/chats/mongo-summaries'
import { advance, emptySummary, type Summary, type SummedEntry } from '@roundtable/dialogue/chats/summary'
import { contentHash } from '@roundtable/dialogue/content-hash'
import { toDocument } from '@roundtable/dialogue/messages/mongo-entries'
import {
  type ChatDocument,
  collections,
  createIndexes,
  headSeq,
  type MessageDocument,
  type UserChatDocument,
} from '@roundtable/dialogue/mongo/collections'
import { MongoClient, ObjectId } from 'mongodb'
import type { ChatSink } from './chat-sink.ts'
import type { SeededChat } from './seed-plan.ts'

const batch = 5_000

/**
 * Straight into MongoDB in large inserts, as the nodes would have left it: for millions of messages.
 * @param dsn mongodb://…
 */
export async function openMongoSink(dsn: string, database: string): Promise<ChatSink> {
  const client = new MongoClient(dsn, { appName: 'seed' })
  await client.connect()
  const db = client.db(database)
  for (const command of createIndexes) await db.command(command)
  const log = db.collection<ChatDocument | MessageDocument>(collections.log)
  const userChats = db.collection<UserChatDocument>(collections.userChats)
  let entries: (ChatDocument | MessageDocument)[] = []
  let rows: UserChatDocument[] = []

  async function flush(): Promise<void> {
    const [someRows, someEntries] = [rows, entries]
    rows = []
    entries = []
    // Rows first, as a node does: what is cut off leaves rows too many, never too few.
    if (someRows.length > 0) await userChats.insertMany(someRows, { ordered: false })
    if (someEntries.length > 0) await log.insertMany(someEntries, { ordered: false })
  }

  return {
    async put(chat, onMessage) {
      const cid = new ObjectId(chat.id)
      const last = chat.at + chat.messages.length
      for (const uid of chat.users) {
        rows.push({ _id: rowId(uid, chat.id), uid, cid, at: new Date(last * 1000), rev: 0 })
      }
      const summed: SummedEntry[] = []
      for (const [i, message] of chat.messages.entries()) {
        const at = new Date((chat.at + i + 1) * 1000)
        const document = toDocument({ cid: chat.id, ...message }, i + 1, at)
        const { hash: _, ...rest } = document
        entries.push(document)
        summed.push(rest)
        onMessage()
        if (entries.length >= batch) await flush()
      }
      entries.push(headOf(chat, cid, advance(emptySummary, summed)))
      if (entries.length >= batch) await flush()
    },
    flush,
    close: () => client.close(),
  }
}

function headOf({ id, users, at }: SeededChat, cid: ObjectId, summary: Summary): ChatDocument {
  const [uid = 0] = users
  const hash = contentHash.chat({ id, uid, users })
  return {
    ...{ _id: cid, cid, seq: headSeq, kind: 'chat', users, rev: 0, createdAt: at, hash },
    summary: toStored(summary),
  }
}
