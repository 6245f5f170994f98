import type { Chat, ChatList, ChatListQuery, MembersChange, NewChat } from '@roundtable/common/dialogue-wire'

/** Chats, their members, and each user's list of chats. */
export interface ChatStore {
  /**
   * Creates the chat, or answers it as it is now if this very request created it before.
   * @throws AppError 4090; 4040 when its creator has left it since
   */
  create(chat: NewChat): Promise<Chat>

  /** @throws AppError 4040 */
  get(cid: string, uid: number): Promise<Chat>

  /**
   * Replaces the members if the chat is still at `change.rev`; answers the chat as it is if this very change was the
   * last one done. A member may leave by naming the others only.
   * @throws AppError 4040, 4090, 4091 when someone else changed it meanwhile
   */
  changeMembers(cid: string, uid: number, change: MembersChange): Promise<Chat>

  /**
   * The user's chats, latest activity first; only those that confirm the user as a member.
   * @throws AppError 4001 when the cursor is from elsewhere
   */
  list(query: ChatListQuery): Promise<ChatList>
}
