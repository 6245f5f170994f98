import type { Migration } from 'kysely'
import { createIndexOnce, idType, type ServerKind, tableOptions } from './server-kind.ts'

/** What users did and wrote, and who wants nothing to do with whom. Every statement may be repeated. */
export function createNews(kind: ServerKind): Migration {
  const id = idType(kind)
  return {
    async up(db) {
      await db.schema
        .createTable('events')
        .ifNotExists()
        .addColumn('id', id, (column) => column.primaryKey().autoIncrement())
        .addColumn('uid', id, (column) => column.notNull())
        .addColumn('name', 'varchar(10)', (column) => column.notNull())
        .addColumn('friend_id', id)
        .addColumn('text', 'varchar(1000)')
        .addColumn('request_id', 'varchar(24)')
        .addColumn('ts', 'bigint', (column) => column.notNull())
        .addUniqueConstraint('events_request_id', ['request_id'])
        .addForeignKeyConstraint('events_uid', ['uid'], 'users', ['id'], (key) => key.onDelete('cascade'))
        .modifyEnd(tableOptions(kind))
        .execute()
      await createIndexOnce(db, kind, {
        name: 'events_by_author',
        table: 'events',
        columns: ['uid', 'id'],
      })
      await createIndexOnce(db, kind, {
        name: 'events_by_author_and_name',
        table: 'events',
        columns: ['uid', 'name', 'id'],
      })
      await db.schema
        .createTable('blocks')
        .ifNotExists()
        .addColumn('uid', id, (column) => column.notNull())
        .addColumn('blocked_id', id, (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('blocks_pk', ['uid', 'blocked_id'])
        .addForeignKeyConstraint('blocks_uid', ['uid'], 'users', ['id'], (key) => key.onDelete('cascade'))
        .addForeignKeyConstraint('blocks_blocked_id', ['blocked_id'], 'users', ['id'], (key) =>
          key.onDelete('cascade'),
        )
        .modifyEnd(tableOptions(kind))
        .execute()
      // Without it the deletion of a user would read all blocks.
      await createIndexOnce(db, kind, {
        name: 'blocks_by_blocked',
        table: 'blocks',
        columns: ['blocked_id'],
      })
    },
  }
}
