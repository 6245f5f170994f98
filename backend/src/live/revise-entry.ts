import type { LogEntry } from '@roundtable/common/dialogue-wire'

/**
 * An earlier entry of a chat as the store shows it after a later one: an edit gives its message another text, a deletion
 * takes it away, wherever it stands. The same object when the later one does not change it.
 */
export function reviseEntry(entry: LogEntry, later: LogEntry): LogEntry {
  const isChange = later.object === 'edit' || later.object === 'deletion'
  if (!isChange || entry.id !== later.id || entry.seq >= later.seq) return entry
  if (entry.object !== 'edit' && entry.object !== 'message') return entry
  if (later.object === 'deletion') {
    return entry.object === 'edit' ? { ...entry, text: '' } : { ...entry, text: '', deleted: true }
  }
  const { text, editedAt, rev } = later
  const edited = { ...entry, text, ...(rev === undefined ? {} : { rev }) }
  return edited.object === 'edit' ? edited : { ...edited, editedAt }
}
