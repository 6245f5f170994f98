import type { Database } from '@roundtable/backend/src/database/open-database'
import { sql } from 'kysely'

/** A statement as the store sent it. */
export interface SentQuery {
  sql: string
  parameters: readonly unknown[]
}

/** The plan of a statement, a line a step. */
export async function explain(
  database: Database,
  kind: 'mysql' | 'sqlite',
  query: SentQuery,
): Promise<string[]> {
  const prefix = kind === 'sqlite' ? 'explain query plan' : 'explain'
  const pieces = `${prefix} ${query.sql}`.split('?')
  const statement = sql.join(
    pieces.flatMap((piece, n) =>
      n === 0 ? [sql.raw(piece)] : [sql`${query.parameters[n - 1]}`, sql.raw(piece)],
    ),
    sql``,
  )
  const { rows } = await sql<object>`${statement}`.execute(database)
  return rows.map((row) => Object.values(row).join(' | '))
}
