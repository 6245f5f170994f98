import type { ChatEvent } from '@roundtable/common/chat-events'
import type { LogEntry } from '@roundtable/common/dialogue-wire'

/**
 * What is told of a new entry.
 * @param users the members of the chat
 */
export function eventOf(entry: LogEntry, users: readonly number[]): ChatEvent {
  const body = { cid: entry.cid, seq: entry.seq, users: [...users] }
  switch (entry.object) {
    case 'message':
      return { name: 'message', body: { ...body, entry } }
    case 'edit':
      return { name: 'edited', body: { ...body, entry } }
    case 'deletion':
      return { name: 'deleted', body: { ...body, entry } }
    case 'members':
      return { name: 'members', body: { ...body, entry } }
  }
}
