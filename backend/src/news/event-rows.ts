import type { Insertable } from 'kysely'
import type { Database } from '../database/open-database.ts'
import type { EventsTable } from '../database/schema.ts'
import type { NewsEvent } from './store.ts'

/**
 * Stores an event, in the transaction of what it tells of when `db` is one.
 * @throws ConstraintError when its user is gone, or its request has made one before
 */
export async function insertEvent(
  db: Database,
  event: Omit<Insertable<EventsTable>, 'id' | 'ts'>,
): Promise<NewsEvent> {
  const ts = Math.floor(Date.now() / 1000)
  const { insertId } = await db
    .insertInto('events')
    .values({ ...event, ts })
    .executeTakeFirstOrThrow()
  const [stored] = await readEvents(db, [Number(insertId)])
  if (!stored) throw new Error(`event ${insertId} is gone within the transaction that stored it`)
  return stored
}

/** These events, newest first. */
export async function readEvents(db: Database, ids: readonly number[]): Promise<NewsEvent[]> {
  if (ids.length === 0) return []
  const rows = await eventRows(db).where('events.id', 'in', ids).orderBy('events.id', 'desc').execute()
  return rows.map(toNewsEvent)
}

/** The event that a request has made. */
export async function readEventOfRequest(db: Database, requestId: string): Promise<NewsEvent | undefined> {
  const row = await eventRows(db).where('events.request_id', '=', requestId).executeTakeFirst()
  return row && toNewsEvent(row)
}

/** Names are read where they are kept, so none outlives its user. */
function eventRows(db: Database) {
  return db
    .selectFrom('events')
    .leftJoin('users as friend', 'friend.id', 'events.friend_id')
    .select(['events.id', 'events.uid', 'events.name', 'events.friend_id as friendId', 'events.text'])
    .select(['events.ts', 'friend.username as friendName'])
}

type EventRow = Awaited<ReturnType<ReturnType<typeof eventRows>['execute']>>[number]

function toNewsEvent(row: EventRow): NewsEvent {
  const { id, name, uid, ts, friendId } = row
  return { id, name, message: messageOf(row), uid, ts, ...(friendId === null ? {} : { friendId }) }
}

function messageOf({ name, text, friendName }: EventRow): string {
  const friend = friendName ?? 'someone who has left'
  switch (name) {
    case 'login':
      return 'signed in'
    case 'logout':
      return 'signed out'
    case 'follow':
      return `follows ${friend}`
    case 'unfollow':
      return `follows ${friend} no more`
    case 'post':
      return text ?? ''
  }
}
