import { Chat, ChatList, ReadMark, ReadMarkList } from '@roundtable/common/dialogue-wire'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { DialogueClient } from '../balancing/dialogue-client.ts'
import { passAnswer, queryOf } from './pass-answer.ts'
import {
  ChatBody,
  ChatParams,
  ChatsPage,
  IdempotencyHeaders,
  MemberParams,
  MembersBody,
  NewChatBody,
  ReadBody,
} from './schemas.ts'
import { type Change, changeChat, newChatOf, type People } from './service.ts'

export interface ChatRoutesOptions {
  dialogue: DialogueClient
  people: People
}

/** Chats and their members: checked here, kept by the dialogue nodes, their answers passed on as they are. */
export const chatRoutes: FastifyPluginAsyncZod<ChatRoutesOptions> = async (app, options) => {
  const { dialogue, people } = options
  const change = (
    request: FastifyRequest,
    cid: string,
    what: Change,
    how: Parameters<typeof changeChat>[3] = {},
  ) => changeChat(options, { cid, uid: request.user.uid, requestId: request.id }, what, how)

  app.post(
    '/',
    {
      schema: {
        summary: 'Start a chat, or find the direct one',
        headers: IdempotencyHeaders,
        body: NewChatBody,
        response: { 201: Chat },
      },
    },
    async (request, reply) => {
      const by = { uid: request.user.uid, key: request.headers['idempotency-key'] }
      const body = await newChatOf(by, request.body, people)
      const sent = { method: 'POST' as const, path: '/chats', body, requestId: request.id }
      return passAnswer(reply, await dialogue.send(sent))
    },
  )

  app.get(
    '/',
    {
      schema: {
        summary: "The caller's chats, latest activity first",
        querystring: ChatsPage,
        response: { 200: ChatList },
      },
    },
    async (request, reply) => {
      const path = `/chats?${queryOf({ uid: request.user.uid, ...request.query })}`
      return passAnswer(reply, await dialogue.send({ method: 'GET', path, requestId: request.id }))
    },
  )

  app.get(
    '/:cid',
    { schema: { summary: 'One chat', params: ChatParams, response: { 200: Chat } } },
    async (request, reply) => {
      const path = `/chats/${request.params.cid}?uid=${request.user.uid}`
      return passAnswer(reply, await dialogue.send({ method: 'GET', path, requestId: request.id }))
    },
  )

  app.put(
    '/:cid',
    {
      schema: {
        summary: 'Replace the members, the name, or both',
        params: ChatParams,
        body: ChatBody,
        response: { 200: Chat },
      },
    },
    async (request, reply) => {
      const { users, name } = request.body
      const what: Change = (chat) => ({ users: users ?? chat.users, ...(name === undefined ? {} : { name }) })
      return passAnswer(reply, await change(request, request.params.cid, what, { isFirm: true }))
    },
  )

  app.post(
    '/:cid/members',
    {
      schema: { summary: 'Add members', params: ChatParams, body: MembersBody, response: { 200: Chat } },
    },
    async (request, reply) => {
      const what: Change = (chat) => {
        const added = request.body.users.filter((user) => !chat.users.includes(user))
        return added.length > 0 ? { users: [...chat.users, ...added] } : undefined
      }
      return passAnswer(reply, await change(request, request.params.cid, what))
    },
  )

  app.delete(
    '/:cid/members/:uid',
    { schema: { summary: 'Remove a member', params: MemberParams, response: { 200: Chat } } },
    async (request, reply) =>
      passAnswer(reply, await change(request, request.params.cid, without(request.params.uid))),
  )

  app.post(
    '/:cid/leave',
    {
      schema: {
        summary: 'Leave a chat; the answer tells who is left',
        params: ChatParams,
        response: { 200: Chat },
      },
    },
    async (request, reply) =>
      passAnswer(reply, await change(request, request.params.cid, without(request.user.uid))),
  )

  app.post(
    '/:cid/read',
    {
      schema: {
        summary: 'Say up to where one has read; the mark only grows',
        params: ChatParams,
        body: ReadBody,
        response: { 200: ReadMark },
      },
    },
    async (request, reply) => {
      const path = `/chats/${request.params.cid}/read`
      const body = { uid: request.user.uid, seq: request.body.seq }
      return passAnswer(reply, await dialogue.send({ method: 'POST', path, body, requestId: request.id }))
    },
  )

  app.get(
    '/:cid/read',
    {
      schema: {
        summary: 'Up to where each member has read',
        params: ChatParams,
        response: { 200: ReadMarkList },
      },
    },
    async (request, reply) => {
      const path = `/chats/${request.params.cid}/read?uid=${request.user.uid}`
      return passAnswer(reply, await dialogue.send({ method: 'GET', path, requestId: request.id }))
    },
  )
}

/** A chat that this user is not in any more. */
function without(uid: number): Change {
  return ({ users }) => (users.includes(uid) ? { users: users.filter((user) => user !== uid) } : undefined)
}
