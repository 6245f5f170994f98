import { ApiError, type RequestOptions, request } from './request.ts'
import type { Chat, Message, Page, SignUp, Token, User } from './types.ts'

/** @throws ApiError 4012 for a wrong user name or password */
export function signIn(username: string, password: string): Promise<Token> {
  return request('POST', '/auth/sign-in', { body: { username, password } })
}

export function signUp(fields: SignUp): Promise<Token> {
  return request('POST', '/auth/sign-up', { body: fields })
}

/** What one signed-in user can ask. Every method may throw ApiError. */
export interface Api {
  signOut(): Promise<void>
  user(id: number): Promise<User>
  /** Users whose first or last name starts with the text; with two words, both names. */
  searchUsers(text: string, signal: AbortSignal): Promise<User[]>
  listUsers(signal: AbortSignal): Promise<User[]>
  chat(cid: string, signal?: AbortSignal): Promise<Chat>
  listChats(cursor: string | undefined, signal?: AbortSignal): Promise<Page<Chat>>
  createChat(users: number[], key: string): Promise<Chat>
  /** Newest first; those older than the message `cursor`, when given. */
  listMessages(cid: string, cursor: string | undefined, signal?: AbortSignal): Promise<Page<Message>>
  sendMessage(cid: string, text: string, key: string): Promise<Message>
}

const pageSize = 50

/** @param onSessionEnd called when the API no longer takes the token */
export function createApi(token: string, onSessionEnd: () => void): Api {
  async function ask<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    try {
      return await request<T>(method, path, { ...options, token })
    } catch (error) {
      if (error instanceof ApiError && error.endsSession) onSessionEnd()
      throw error
    }
  }
  const searchBy = async (names: Record<string, string>, signal: AbortSignal): Promise<User[]> => {
    const query = new URLSearchParams({ ...names, limit: '20' })
    return (await ask<Page<User>>('GET', `/users/search?${query}`, { signal })).data
  }

  return {
    signOut: () => ask('POST', '/auth/sign-out'),
    user: (id) => ask('GET', `/users/${id}`),
    async searchUsers(text, signal) {
      const [first = '', ...rest] = text.trim().split(/\s+/)
      if (rest.length > 0) return searchBy({ firstName: first, lastName: rest.join(' ') }, signal)
      const found = await Promise.all([
        searchBy({ firstName: first }, signal),
        searchBy({ lastName: first }, signal),
      ])
      return [...new Map(found.flat().map((user) => [user.id, user])).values()]
    },
    listUsers: async (signal) => (await ask<Page<User>>('GET', '/users?limit=20', { signal })).data,
    chat: (cid, signal) => ask('GET', `/chats/${cid}`, withSignal(signal)),
    listChats: (cursor, signal) => ask('GET', `/chats?${pageQuery(cursor)}`, withSignal(signal)),
    createChat: (users, key) => ask('POST', '/chats', { body: { users }, key }),
    listMessages: (cid, cursor, signal) =>
      ask('GET', `/chats/${cid}/messages?${pageQuery(cursor)}`, withSignal(signal)),
    sendMessage: (cid, text, key) => ask('POST', `/chats/${cid}/messages`, { body: { txt: text }, key }),
  }
}

function withSignal(signal: AbortSignal | undefined): RequestOptions {
  return signal ? { signal } : {}
}

function pageQuery(cursor: string | undefined): URLSearchParams {
  return new URLSearchParams({ limit: String(pageSize), ...(cursor === undefined ? {} : { cursor }) })
}
