import type { Migration } from 'kysely'
import { createIndexOnce, idType, type ServerKind, tableOptions } from './server-kind.ts'

/**
 * Users, whom they follow, and the tokens that were ended. Every statement may be repeated: MySQL commits each one by
 * itself, so a crash half way through leaves some of them done.
 */
export function createUsers(kind: ServerKind): Migration {
  const id = idType(kind)
  return {
    async up(db) {
      await db.schema
        .createTable('users')
        .ifNotExists()
        .addColumn('id', id, (column) => column.primaryKey().autoIncrement())
        .addColumn('username', 'varchar(30)', (column) => column.notNull())
        .addColumn('username_key', 'varbinary(1024)', (column) => column.notNull())
        .addColumn('password_hash', 'varchar(255)', (column) => column.notNull())
        .addColumn('token_generation', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('gender', 'char(1)', (column) => column.notNull())
        .addColumn('first_name', 'varchar(20)')
        .addColumn('first_name_key', 'varbinary(700)')
        .addColumn('last_name', 'varchar(30)')
        .addColumn('last_name_key', 'varbinary(1024)')
        .addColumn('age', 'integer')
        .addColumn('city', 'varchar(80)')
        .addColumn('interests', 'varchar(500)')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addUniqueConstraint('users_username_key', ['username_key'])
        .modifyEnd(tableOptions(kind))
        .execute()
      await createIndexOnce(db, kind, {
        name: 'users_first_name',
        table: 'users',
        // The last name is there to be filtered by without reading the row.
        columns: ['first_name_key', 'id', 'last_name_key'],
      })
      await createIndexOnce(db, kind, {
        name: 'users_last_name',
        table: 'users',
        columns: ['last_name_key', 'id'],
      })
      await db.schema
        .createTable('friendships')
        .ifNotExists()
        .addColumn('uid', id, (column) => column.notNull())
        .addColumn('friend_id', id, (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('friendships_pk', ['uid', 'friend_id'])
        .addForeignKeyConstraint('friendships_uid', ['uid'], 'users', ['id'], (key) =>
          key.onDelete('cascade'),
        )
        .addForeignKeyConstraint('friendships_friend_id', ['friend_id'], 'users', ['id'], (key) =>
          key.onDelete('cascade'),
        )
        .modifyEnd(tableOptions(kind))
        .execute()
      // Without it the deletion of a user would read all friendships.
      await createIndexOnce(db, kind, {
        name: 'friendships_by_friend',
        table: 'friendships',
        columns: ['friend_id'],
      })
      await db.schema
        .createTable('revocations')
        .ifNotExists()
        .addColumn('id', id, (column) => column.primaryKey().autoIncrement())
        .addColumn('uid', id, (column) => column.notNull())
        .addColumn('jti', 'varchar(64)')
        .addColumn('below_generation', 'integer')
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .modifyEnd(tableOptions(kind))
        .execute()
      await createIndexOnce(db, kind, {
        name: 'revocations_expires_at',
        table: 'revocations',
        columns: ['expires_at'],
      })
    },
  }
}
