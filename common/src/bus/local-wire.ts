import { z } from 'zod'

/*
 * What a local bus process and its clients say to each other over TCP on the loopback address: one JSON object a line,
 * UTF-8, ended by a line feed.
 *
 * A client says `subscribe`, and hears `subscribed` when from then on it gets all events of the topic. It says `event`,
 * and every client that has subscribed to the topic, itself included, hears that very line. It says `sync`, and hears
 * `synced` when all it said before has been passed on.
 */

/** What a client says. */
export const ClientLine = z.discriminatedUnion('op', [
  z.object({ op: z.literal('subscribe'), topic: z.string() }),
  z.object({ op: z.literal('event'), topic: z.string(), event: z.unknown() }),
  z.object({ op: z.literal('sync'), id: z.number() }),
])

/** What a local bus process says. */
export const ServerLine = z.discriminatedUnion('op', [
  z.object({ op: z.literal('subscribed'), topic: z.string() }),
  z.object({ op: z.literal('event'), topic: z.string(), event: z.unknown() }),
  z.object({ op: z.literal('synced'), id: z.number() }),
])
export type ServerLine = z.infer<typeof ServerLine>

/** A line as it is sent. */
export function toLine(message: z.infer<typeof ClientLine> | ServerLine): string {
  return `${JSON.stringify(message)}\n`
}

/** The line of an event whose JSON is there already. */
export function toEventLine(topic: string, eventJson: string): string {
  return `{"op":"event","topic":${JSON.stringify(topic)},"event":${eventJson}}\n`
}

/** Longest line in UTF-16 units; longer than any event. */
const longestLine = 1_000_000

/**
 * Cuts a stream of text into lines.
 * @returns what to give each piece to
 * @throws Error (of the returned function) when a line is too long to be one of ours
 */
export function createLineReader(onLine: (line: string) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
    if (rest.length > longestLine) throw new Error(`a line of the bus is longer than ${longestLine}`)
  }
}
