/** What dialogue nodes tell on the topic chatEvents, keyed by the chat's id, once it is stored. */
import { z } from 'zod'
import { DeletionEntry, EditEntry, MembersEntry, Message, ResourceId } from './dialogue-wire.ts'

const seq = z.int().positive()

function entryEvent<Name extends string, Entry extends z.ZodType>(name: Name, entry: Entry) {
  return z.object({
    name: z.literal(name),
    body: z.object({ cid: ResourceId, seq, entry, users: z.array(z.int()).describe('members by now') }),
  })
}

/** One event. `entry` is the one that the log holds at `seq`. */
export const ChatEvent = z.discriminatedUnion('name', [
  entryEvent('message', Message),
  entryEvent('edited', EditEntry),
  entryEvent('deleted', DeletionEntry),
  entryEvent('members', MembersEntry),
  z.object({
    name: z.literal('read'),
    body: z.object({ cid: ResourceId, uid: z.int(), seq, users: z.array(z.int()) }),
  }),
])
export type ChatEvent = z.infer<typeof ChatEvent>
