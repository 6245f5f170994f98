import type { LiveFrame } from '../load/live-client.ts'

/** Times messages from their sending to each socket that shows them. */
export interface MessageWatch {
  sent(text: string): void
  onFrame(frame: LiveFrame): void
  /** How many sights there were in all. */
  readonly sights: number
  /** Ms from the sending of a message to each of its sights, in the order in which they came. */
  of(text: string): readonly number[]
  /** The same of all messages, in no order. */
  all(): number[]
}

export function watchMessages(): MessageWatch {
  const sentAt = new Map<string, number>()
  const seenAfter = new Map<string, number[]>()
  let sights = 0
  return {
    sent: (text) => void sentAt.set(text, performance.now()),
    onFrame({ type, message }) {
      if (type !== 'message' || typeof message !== 'object') return
      const { text = '' } = message
      const begun = sentAt.get(text)
      if (begun === undefined) return
      sights++
      const times = seenAfter.get(text)
      if (times) times.push(performance.now() - begun)
      else seenAfter.set(text, [performance.now() - begun])
    },
    get sights() {
      return sights
    },
    of: (text) => seenAfter.get(text) ?? [],
    all: () => [...seenAfter.values()].flat(),
  }
}
