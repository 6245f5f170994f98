import { type Kysely, type RawBuilder, sql } from 'kysely'
import { errorCode } from '../src/error-code.ts'

/** The kinds of server the store runs on. MariaDB counts as mysql. */
export type ServerKind = 'mysql' | 'sqlite'

/** SQLite numbers rows by itself only in a column of exactly this type. */
export function idType(kind: ServerKind): 'integer' | 'bigint' {
  return kind === 'sqlite' ? 'integer' : 'bigint'
}

/** Text is compared by nothing but its bytes: what is searched for has key columns of its own. */
export function tableOptions(kind: ServerKind): RawBuilder<unknown> {
  if (kind === 'sqlite') return sql``
  return sql`engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin row_format = dynamic`
}

/** Creates an index unless it is there: MySQL has no `if not exists` for it, and commits each statement by itself. */
export async function createIndexOnce(
  db: Kysely<unknown>,
  kind: ServerKind,
  index: { name: string; table: string; columns: string[] },
): Promise<void> {
  const create = db.schema.createIndex(index.name).on(index.table).columns(index.columns)
  if (kind === 'sqlite') return create.ifNotExists().execute()
  try {
    await create.execute()
  } catch (error) {
    if (errorCode(error) !== 'ER_DUP_KEYNAME') throw error
  }
}
