import type { LogEntry } from '@roundtable/common/dialogue-wire'

/**
 * An earlier entry of a chat as the store shows it after a later one: an edit gives its message another text, a deletion
 * takes it away, wherever it stands. The same object when the later one does not change it.
 */
export function reviseEntry(entry: LogEntry, later: LogEntry): LogEntry {
  const isChange = later.object === 'edit' || later.object === 'deletion'
  if (!isChange || entry.id !== later.id || entry.seq >= later.seq) return entry
  const text = later.object === 'edit' ? later.text : ''
  if (entry.object === 'edit') return { ...entry, text }
  if (entry.object !== 'message') return entry
  return later.object === 'edit'
    ? { ...entry, text, editedAt: later.editedAt, rev: (entry.rev ?? 0) + 1 }
    : { ...entry, text, deleted: true }
}
