/** What is asked for by what name. */
export const queryKeys = {
  chats: ['chats'],
  anyChat: ['chat'],
  chat: (cid: string) => ['chat', cid],
  readMarks: (cid: string) => ['chat', cid, 'read'],
  foundMessages: (words: string, cid: string | undefined) => ['messages', cid ?? '', words],
  users: (what: 'all' | 'friends', words: string) => ['users', what, words],
  anyUsers: ['users'],
  user: (id: number) => ['user', id],
  news: ['news'],
  topology: ['topology'],
} as const
