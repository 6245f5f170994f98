import type { SchemaTools } from './database.ts'

/**
 * `members.at` is the chat's latest activity, unix milliseconds: kept with each member, it orders a list by index.
 * Text is kept as bytes, because the driver ends a string at its first NUL. `messages` holds all entries of the logs:
 * `target` is the message that an edit or a deletion is about, `detail` what a change of members did, as JSON.
 */
const tables = `
  CREATE TABLE IF NOT EXISTS chats (
    id TEXT PRIMARY KEY, users TEXT NOT NULL, rev INTEGER NOT NULL, created_at INTEGER NOT NULL,
    hash TEXT NOT NULL, change TEXT, change_hash TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS members (
    cid TEXT NOT NULL, uid INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (cid, uid)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS members_by_activity ON members (uid, at DESC, cid DESC);
  CREATE TABLE IF NOT EXISTS messages (
    cid TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, uid INTEGER NOT NULL, text BLOB NOT NULL,
    created_at INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (cid, seq)
  ) STRICT`

/** Columns that tables got later: a file made before has not got them. */
const laterColumns: readonly [table: string, column: string, definition: string][] = [
  ['chats', 'name', 'TEXT'],
  ['chats', 'direct', 'INTEGER NOT NULL DEFAULT 0'],
  ['members', 'read', 'INTEGER NOT NULL DEFAULT 0'],
  ['messages', 'kind', "TEXT NOT NULL DEFAULT 'text'"],
  ['messages', 'edited_at', 'INTEGER'],
  ['messages', 'rev', 'INTEGER NOT NULL DEFAULT 0'],
  ['messages', 'deleted', 'INTEGER NOT NULL DEFAULT 0'],
  ['messages', 'target', 'TEXT'],
  ['messages', 'detail', 'TEXT'],
]

/** Counts of unread messages come from this index alone. */
const unreadIndex = `
  CREATE INDEX IF NOT EXISTS messages_to_count ON messages (cid, seq, uid) WHERE kind = 'text' AND deleted = 0`

/**
 * The words of messages, by the rowid of the message: a chat's log grows in the order of its rowids. The chat's id is a
 * word too, so that one chat is searched without looking at others. It keeps no text of its own.
 * https://www.sqlite.org/fts5.html#contentless_delete_tables
 */
const words = `
  CREATE VIRTUAL TABLE words USING fts5(
    cid, text, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2 tokenchars '_'"
  );
  INSERT INTO words (rowid, cid, text) SELECT rowid, cid, CAST(text AS TEXT) FROM messages WHERE kind = 'text';
  CREATE TRIGGER words_of_message AFTER INSERT ON messages WHEN new.kind = 'text' BEGIN
    INSERT INTO words (rowid, cid, text) VALUES (new.rowid, new.cid, CAST(new.text AS TEXT));
  END;
  CREATE TRIGGER words_of_edited AFTER UPDATE OF text ON messages WHEN new.kind = 'text' BEGIN
    DELETE FROM words WHERE rowid = old.rowid;
    INSERT INTO words (rowid, cid, text) VALUES (new.rowid, new.cid, CAST(new.text AS TEXT));
  END`

/** Makes what the file lacks of the tables; it changes nothing where all is there. */
export function prepareSchema({ exec, columnsOf }: SchemaTools): void {
  exec(tables)
  for (const [table, column, definition] of laterColumns) {
    if (!columnsOf(table).has(column)) exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${definition}`)
  }
  exec(unreadIndex)
  if (columnsOf('words').size === 0) exec(words)
}
