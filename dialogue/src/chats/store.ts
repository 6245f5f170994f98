import type { ChatListQuery, MembersChange, NewChat, ReadTo } from '@roundtable/common/dialogue-requests'
import type { Chat, ChatList, Heads, ReadMark, ReadMarkList } from '@roundtable/common/dialogue-wire'

/** Chats, their members, each user's list of chats, and up to where each user has read. */
export interface ChatStore {
  /**
   * Creates the chat, or answers it as it is now if this very request created it before. A direct chat is created by
   * the first of its two users who asks.
   * @throws AppError 4090; 4040 when its creator has left it since
   */
  create(chat: NewChat): Promise<Chat>

  /** @throws AppError 4040 */
  get(cid: string, uid: number): Promise<Chat>

  /**
   * Replaces the members, and the name when there is one, if the chat is still at `change.rev`; answers the chat as it
   * is if this very change was done before, whatever came since (one that changed nothing: only until the next). A member may leave by naming the others only, and is
   * answered the chat as they left it. The log tells of it.
   * @throws AppError 4031 for a direct chat; 4040, 4090, 4091 when someone else changed it meanwhile
   */
  changeMembers(cid: string, uid: number, change: MembersChange): Promise<Chat>

  /**
   * The user's chats, latest activity first; only those that confirm the user as a member.
   * @throws AppError 4001 when the cursor is from elsewhere
   */
  list(query: ChatListQuery): Promise<ChatList>

  /** The seq of the newest entry of each of the user's 500 latest chats. */
  heads(uid: number): Promise<Heads>

  /**
   * Moves the user's mark on, to the end of the log at most; a smaller one changes nothing.
   * @returns the mark as it is now
   * @throws AppError 4040
   */
  markRead(cid: string, mark: ReadTo): Promise<ReadMark>

  /**
   * The marks of all members, in the order of the chat's users.
   * @throws AppError 4040
   */
  readMarks(cid: string, uid: number): Promise<ReadMarkList>
}
