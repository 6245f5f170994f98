import type {
  EntriesQuery,
  MessageDeletion,
  MessageEdit,
  MessageListQuery,
  MessageQuery,
  NewMessage,
  SearchQuery,
} from '@roundtable/common/dialogue-requests'
import type { EntryList, FoundMessages, Message, MessageList } from '@roundtable/common/dialogue-wire'

/**
 * The logs of the chats: when the entry with seq n can be read, all below it can, and no number is left unused. An
 * entry is a message, an edit, a deletion, or a change of members; what it tells has happened.
 */
export interface MessageStore {
  /**
   * Appends a message to the log of its chat, or answers it as it is now if it is stored already.
   * @throws AppError 4040, 4090
   */
  append(message: NewMessage): Promise<Message>

  /** @throws AppError 4040, also for a message that is in another chat */
  get(id: string, query: MessageQuery): Promise<Message>

  /**
   * Gives the message another text and tells the log, if it is still at `edit.rev`; answers it as it is now if this
   * very edit was done before.
   * @throws AppError 4031 for who is not its author; 4040, also when it was deleted; 4090, 4091
   */
  edit(id: string, edit: MessageEdit): Promise<Message>

  /**
   * Takes the text away and tells the log, once.
   * @throws AppError 4031 for who is not its author; 4040
   */
  remove(id: string, deletion: MessageDeletion): Promise<Message>

  /**
   * A page of the log as it looks now, newest first: messages, and who came and went. A page has fewer items than
   * its limit, and yet a `nextCursor`, when there are many edits between them.
   * @throws AppError 4040; 4001 when the cursor is no entry of this chat
   */
  list(query: MessageListQuery): Promise<MessageList>

  /**
   * The entries after a place in the log, oldest first, none left out.
   * @throws AppError 4040
   */
  after(query: EntriesQuery): Promise<EntryList>

  /**
   * Messages that have all words of `q`, whatever their case and accents, newest first: in one chat, or in the user's
   * 200 latest chats, one chat after the other. A page of the latter may have fewer items than its limit, or none, and
   * yet a `nextCursor`.
   * @throws AppError 4040; 4001 when there is no word in `q`, or the cursor is from elsewhere
   */
  search(query: SearchQuery): Promise<FoundMessages>
}
