import { ApiError, type RequestOptions, request } from './request.ts'
import type {
  Chat,
  EntryList,
  Message,
  NewsEvent,
  Page,
  ProfileChanges,
  ReadMark,
  ShownEntry,
  SignUp,
  Token,
  Topology,
  User,
} from './types.ts'

/** @throws ApiError 4012 for a wrong user name or password */
export function signIn(username: string, password: string): Promise<Token> {
  return request('POST', '/auth/sign-in', { body: { username, password } })
}

/** @throws ApiError 4001 naming the field that is wrong, 4092 when the user name is taken */
export function signUp(fields: SignUp): Promise<Token> {
  return request('POST', '/auth/sign-up', { body: fields })
}

/** Where a page begins, and how it is cancelled. */
export interface PageRequest {
  /** The `nextCursor` of the page before; of messages the id of the last one seen. */
  cursor?: string | undefined
  limit?: number
  signal?: AbortSignal | undefined
}

/** What a new chat is made of. */
export interface NewChat {
  users: number[]
  name?: string
  /** The one chat of these two, found again if it is there. */
  direct?: boolean
}

/** What one signed-in user can ask. Every method may throw ApiError. */
export interface Api {
  signOut(): Promise<void>

  user(id: number, signal?: AbortSignal): Promise<User>
  listUsers(page: PageRequest): Promise<Page<User>>
  /** Users whose names begin so, letter case aside; with both, those that have both. */
  searchUsers(names: { firstName?: string; lastName?: string }, page: PageRequest): Promise<Page<User>>
  listFriends(page: PageRequest): Promise<Page<User>>
  changeProfile(changes: ProfileChanges): Promise<User>
  /** @returns the user as they are seen afterwards */
  follow(id: number): Promise<User>
  unfollow(id: number): Promise<User>

  chat(cid: string, signal?: AbortSignal): Promise<Chat>
  /** Latest activity first. */
  listChats(page: PageRequest): Promise<Page<Chat>>
  createChat(chat: NewChat, key: string): Promise<Chat>
  renameChat(cid: string, name: string): Promise<Chat>
  addMembers(cid: string, users: number[]): Promise<Chat>
  removeMember(cid: string, uid: number): Promise<Chat>
  leaveChat(cid: string): Promise<Chat>
  readMarks(cid: string, signal?: AbortSignal): Promise<ReadMark[]>
  markRead(cid: string, seq: number): Promise<ReadMark>

  /** Newest first. */
  listMessages(cid: string, page: PageRequest): Promise<Page<ShownEntry>>
  /** All entries of the log after a seq, oldest first. */
  entriesAfter(cid: string, after: number, signal?: AbortSignal): Promise<EntryList>
  sendMessage(cid: string, text: string, key: string): Promise<Message>
  editMessage(message: Pick<Message, 'cid' | 'id'>, text: string, key: string): Promise<Message>
  deleteMessage(message: Pick<Message, 'cid' | 'id'>): Promise<Message>
  /** Messages that have all these words: of one chat, or of all. */
  searchMessages(words: string, cid: string | undefined, page: PageRequest): Promise<Page<Message>>

  listNews(page: PageRequest): Promise<Page<NewsEvent>>
  post(text: string, key: string): Promise<NewsEvent>

  topology(signal?: AbortSignal): Promise<Topology>
}

const pageSize = 50
const maxPageSize = 200

export interface ApiOptions {
  token: string
  /** The API no longer takes the token. */
  onSessionEnd: () => void
  /** No answer came, though nobody gave up waiting for it. */
  onSilence: () => void
}

export function createApi({ token, onSessionEnd, onSilence }: ApiOptions): Api {
  async function ask<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    try {
      return await request<T>(method, path, { ...options, token })
    } catch (error) {
      if (error instanceof ApiError && error.endsSession) onSessionEnd()
      if (error instanceof ApiError && error.code === 0 && !options.signal?.aborted) onSilence()
      throw error
    }
  }
  const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
    ask<T>('GET', path, signal ? { signal } : {})
  const getPage = <T>(
    path: string,
    page: PageRequest,
    query: Record<string, string> = {},
  ): Promise<Page<T>> => {
    const { cursor, limit = pageSize, signal } = page
    const parameters = { ...query, limit: String(limit), ...(cursor === undefined ? {} : { cursor }) }
    return get(`${path}?${new URLSearchParams(parameters)}`, signal)
  }

  return {
    signOut: () => ask('POST', '/auth/sign-out'),

    user: (id, signal) => get(`/users/${id}`, signal),
    listUsers: (page) => getPage('/users', page),
    searchUsers: (names, page) => getPage('/users/search', page, names),
    listFriends: (page) => getPage('/friends', page),
    changeProfile: (changes) => ask('PUT', '/users/me', { body: changes }),
    follow: (id) => ask('POST', `/friends/${id}`),
    unfollow: (id) => ask('DELETE', `/friends/${id}`),

    chat: (cid, signal) => get(`/chats/${cid}`, signal),
    listChats: (page) => getPage('/chats', page),
    createChat: (chat, key) => ask('POST', '/chats', { body: chat, key }),
    renameChat: (cid, name) => ask('PUT', `/chats/${cid}`, { body: { name } }),
    addMembers: (cid, users) => ask('POST', `/chats/${cid}/members`, { body: { users } }),
    removeMember: (cid, uid) => ask('DELETE', `/chats/${cid}/members/${uid}`),
    leaveChat: (cid) => ask('POST', `/chats/${cid}/leave`),
    readMarks: async (cid, signal) => (await get<Page<ReadMark>>(`/chats/${cid}/read`, signal)).data,
    markRead: (cid, seq) => ask('POST', `/chats/${cid}/read`, { body: { seq } }),

    listMessages: (cid, page) => getPage(`/chats/${cid}/messages`, page),
    entriesAfter: (cid, after, signal) =>
      get(`/chats/${cid}/messages?after=${after}&limit=${maxPageSize}`, signal),
    sendMessage: (cid, text, key) => ask('POST', `/chats/${cid}/messages`, { body: { txt: text }, key }),
    editMessage: ({ cid, id }, text, key) =>
      ask('PUT', `/chats/${cid}/messages/${id}`, { body: { txt: text }, key }),
    deleteMessage: ({ cid, id }) => ask('DELETE', `/chats/${cid}/messages/${id}`),
    searchMessages: (words, cid, page) =>
      getPage(cid === undefined ? '/messages/search' : `/chats/${cid}/messages/search`, page, { q: words }),

    listNews: (page) => getPage('/news', page),
    post: (text, key) => ask('POST', '/news', { body: { text }, key }),

    topology: (signal) => get('/topology', signal),
  }
}
