import type { OutgoingMessage } from '../api/outbox.ts'
import type { ShownEntry } from '../api/types.ts'

/**
 * The messages on their way that are not in the chat yet. One may be there before it is acknowledged: the live socket
 * told of it, and the answer to the request was lost. Such a one is known by its author, its text, and by having come
 * after it was written.
 */
export function withoutThoseShown(
  outgoing: readonly OutgoingMessage[],
  shown: readonly ShownEntry[],
  me: number,
): OutgoingMessage[] {
  const acknowledged = new Set(outgoing.flatMap(({ id }) => id ?? []))
  const unclaimed = shown.filter(
    (entry) => entry.object === 'message' && entry.uid === me && !acknowledged.has(entry.id),
  )
  const ids = new Set(shown.map(({ id }) => id))
  return outgoing.filter((one) => {
    if (one.id !== undefined) return !ids.has(one.id)
    const index = unclaimed.findIndex(
      (entry) => entry.object === 'message' && entry.seq > one.after && entry.text === one.text,
    )
    if (index === -1) return true
    unclaimed.splice(index, 1)
    return false
  })
}
