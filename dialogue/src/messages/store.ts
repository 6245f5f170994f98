import type { Message, MessageList, MessageListQuery, NewMessage } from '@roundtable/common/dialogue-wire'

/** The logs of the chats: when the message with seq n can be read, all below it can, and no number is left unused. */
export interface MessageStore {
  /**
   * Appends a message to the log of its chat, or answers it if it is stored already.
   * @throws AppError 4040, 4090
   */
  append(message: NewMessage): Promise<Message>

  /**
   * A page of messages, newest first.
   * @throws AppError 4040; 4001 when the cursor is no message of this chat
   */
  list(query: MessageListQuery): Promise<MessageList>
}
