import { Chat, ChatList, Message, MessageList, servedByHeader } from '@roundtable/common/dialogue-wire'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { DialogueClient } from '../balancing/dialogue-client.ts'
import type { NodeAnswer } from '../balancing/node-answer.ts'
import { ChatBody, ChatParams, ChatsPage, IdempotencyHeaders, MessageBody, MessagesPage } from './schemas.ts'
import { changeMembers, membersOfNewChat, nameResource, type People } from './service.ts'

export interface ChatRoutesOptions {
  dialogue: DialogueClient
  people: People
}

/** Chats and their messages: checked here, kept by the dialogue nodes, their answers passed on as they are. */
export const chatRoutes: FastifyPluginAsyncZod<ChatRoutesOptions> = async (app, { dialogue, people }) => {
  app.post(
    '/',
    {
      schema: {
        summary: 'Start a chat',
        headers: IdempotencyHeaders,
        body: ChatBody,
        response: { 201: Chat },
      },
    },
    async (request, reply) => {
      const { uid } = request.user
      const users = await membersOfNewChat(uid, request.body.users, people)
      const body = { id: nameResource(uid, 'chats', request.headers['idempotency-key']), uid, users }
      return pass(reply, await dialogue.send({ method: 'POST', path: '/chats', body, requestId: request.id }))
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
      const path = `/chats?${query({ uid: request.user.uid, ...request.query })}`
      return pass(reply, await dialogue.send({ method: 'GET', path, requestId: request.id }))
    },
  )

  app.get(
    '/:cid',
    { schema: { summary: 'One chat', params: ChatParams, response: { 200: Chat } } },
    async (request, reply) => {
      const path = `/chats/${request.params.cid}?uid=${request.user.uid}`
      return pass(reply, await dialogue.send({ method: 'GET', path, requestId: request.id }))
    },
  )

  app.put(
    '/:cid',
    {
      schema: { summary: 'Replace the members', params: ChatParams, body: ChatBody, response: { 200: Chat } },
    },
    async (request, reply) => {
      const change = {
        cid: request.params.cid,
        uid: request.user.uid,
        users: request.body.users,
        requestId: request.id,
      }
      return pass(reply, await changeMembers(dialogue, people, change))
    },
  )

  app.post(
    '/:cid/messages',
    {
      schema: {
        summary: 'Write a message',
        params: ChatParams,
        headers: IdempotencyHeaders,
        body: MessageBody,
        response: { 201: Message },
      },
    },
    async (request, reply) => {
      const { uid } = request.user
      const { cid } = request.params
      const body = {
        id: nameResource(uid, cid, request.headers['idempotency-key']),
        cid,
        uid,
        txt: request.body.txt,
      }
      return pass(
        reply,
        await dialogue.send({ method: 'POST', path: '/messages', body, requestId: request.id }),
      )
    },
  )

  app.get(
    '/:cid/messages',
    {
      schema: {
        summary: 'Messages, newest first',
        params: ChatParams,
        querystring: MessagesPage,
        response: { 200: MessageList },
      },
    },
    async (request, reply) => {
      const { cid } = request.params
      const path = `/messages?${query({ uid: request.user.uid, cid, ...request.query })}`
      return pass(reply, await dialogue.send({ method: 'GET', path, requestId: request.id }))
    },
  )
}

function query(fields: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) search.set(name, String(value))
  return search.toString()
}

/** The body goes out as it came in: parsing it here would only cost. */
function pass(reply: FastifyReply, answer: NodeAnswer): FastifyReply {
  return reply
    .code(answer.status)
    .header(servedByHeader, answer.servedBy)
    .type('application/json; charset=utf-8')
    .send(answer.body)
}
