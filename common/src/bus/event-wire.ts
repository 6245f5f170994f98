import { z } from 'zod'
import type { BusEvent } from './bus.ts'

/** Longest event, in UTF-16 units of its JSON: a batch of a few stays far below what a broker takes (1 MB). */
const longestEvent = 128 * 1024

const EventSchema = z.object({ key: z.string(), name: z.string(), body: z.unknown() })

/**
 * The event as JSON.
 * @throws Error when it is no JSON, or too long
 */
export function encodeEvent({ key, name, body }: BusEvent): string {
  const text = JSON.stringify({ key, name, body })
  if (text.length > longestEvent) throw new Error(`an event may be ${longestEvent} characters long as JSON`)
  return text
}

/** What came, when it is an event; undefined otherwise. */
export function readEvent(value: unknown): BusEvent | undefined {
  const { data } = EventSchema.safeParse(value)
  return data
}

/** What the text says, when it is JSON; undefined otherwise. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
