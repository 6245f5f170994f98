import {
  ChatPageLimit,
  ChatUsers,
  MessageText,
  PageLimit,
  ResourceId,
} from '@roundtable/common/dialogue-wire'
import { z } from 'zod'

/** POST and PUT of a chat: its members. The creator is added when missing. */
export const ChatBody = z.object({ users: ChatUsers })

/** POST of a message. */
export const MessageBody = z.object({ txt: MessageText })

export const ChatParams = z.object({ cid: ResourceId })

/** A page of chats: the cursor is the `nextCursor` of the page before. */
export const ChatsPage = z.object({ limit: ChatPageLimit, cursor: z.string().min(1).max(100).optional() })

/** A page of messages: the cursor is the id of the last message seen, older ones follow. */
export const MessagesPage = z.object({ limit: PageLimit, cursor: ResourceId.optional() })

/** With it a request may be sent again, and what it makes is made once. */
export const IdempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, {
      error: 'an Idempotency-Key has 1-255 printable ASCII characters, no spaces',
    })
    .optional(),
})
