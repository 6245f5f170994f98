/**
 * What went wrong, as a user would name it:
 * - lost: an acknowledged or seen message is not there, or not where it was said to be
 * - twice: one message is stored more than once
 * - never sent: a message is there that nobody wrote
 * - refused: a message is there whose writer was told that nothing was stored
 * - order: the log has a hole, or contradicts what was over before something else was begun
 * - stale: a user does not see what that user has written or seen before
 * - chats: a chat is missing, or listed where or as often as it should not be
 * - members: the members are not those that were last set
 * - sight: a reader saw what no reader may see
 */
export type ViolationKind =
  | 'lost'
  | 'twice'
  | 'never sent'
  | 'refused'
  | 'order'
  | 'stale'
  | 'chats'
  | 'members'
  | 'sight'

export interface Violation {
  kind: ViolationKind
  /** One sentence that says what was seen and what it contradicts. */
  what: string
}
