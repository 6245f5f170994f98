import type {
  Chat,
  ChatList,
  ChatListQuery,
  MembersChange,
  Message,
  MessageList,
  MessageListQuery,
  NewChat,
  NewMessage,
} from '@roundtable/common/dialogue-wire'

/**
 * Where chats and their messages are kept. Every implementation passes testing/contracts/dialogue-store.
 *
 * A chat is a log: when the message with seq n can be read, all below it can, and no number is left unused.
 * Every write is named by its caller, so that repeating it changes nothing: the first outcome is answered again.
 *
 * Any method may throw AppError: 4040 for a chat that is not there or that the user is no member of (the two look
 * the same), 4090 for a name used before with other content, 5031 when a write may or may not have happened,
 * 5032 when the store could not be asked and nothing was written.
 */
export interface DialogueStore {
  /** Creates the chat, or answers it if this very request created it before. */
  createChat(chat: NewChat): Promise<Chat>

  /** @throws AppError 4040 */
  getChat(cid: string, uid: number): Promise<Chat>

  /**
   * Replaces the members if the chat is still at `change.rev`; answers the chat as it is if this very change was the
   * last one done.
   * @throws AppError 4040, 4091 when someone else changed it meanwhile
   */
  changeMembers(cid: string, uid: number, change: MembersChange): Promise<Chat>

  /** The user's chats, latest activity first; only those that confirm the user as a member. */
  listChats(query: ChatListQuery): Promise<ChatList>

  /**
   * Appends a message to the log of its chat, or answers it if it is stored already.
   * @throws AppError 4040, 4090
   */
  appendMessage(message: NewMessage): Promise<Message>

  /**
   * A page of messages, newest first.
   * @throws AppError 4040; 4001 when the cursor is no message of this chat
   */
  listMessages(query: MessageListQuery): Promise<MessageList>

  close(): Promise<void>
}
