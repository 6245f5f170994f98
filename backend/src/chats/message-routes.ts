import { EntryList, FoundMessages, Message, MessageList } from '@roundtable/common/dialogue-wire'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { DialogueClient } from '../balancing/dialogue-client.ts'
import { passAnswer, queryOf } from './pass-answer.ts'
import {
  ChatParams,
  EditBody,
  IdempotencyHeaders,
  MessageBody,
  MessageParams,
  MessagesPage,
  SearchPage,
} from './schemas.ts'
import { editMessage, nameResource } from './service.ts'

/** The messages of chats: checked here, kept by the dialogue nodes, their answers passed on as they are. */
export const messageRoutes: FastifyPluginAsyncZod<{
  dialogue: DialogueClient
  /** Told of each message that is stored, as it was answered. */
  onPosted?: ((cid: string, message: Buffer) => void) | undefined
}> = async (app, { dialogue, onPosted }) => {
  app.post(
    '/chats/:cid/messages',
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
      const id = nameResource(uid, cid, request.headers['idempotency-key'])
      const body = { id, cid, uid, txt: request.body.txt }
      const sent = { method: 'POST' as const, path: '/messages', body, requestId: request.id }
      const answer = await dialogue.send(sent)
      passAnswer(reply, answer)
      if (answer.status === 201) onPosted?.(cid, answer.body)
      return reply
    },
  )

  app.get(
    '/chats/:cid/messages',
    {
      schema: {
        summary: 'Messages, newest first; or, after a seq, all entries of the log, oldest first',
        params: ChatParams,
        querystring: MessagesPage,
        response: { 200: z.union([MessageList, EntryList]) },
      },
    },
    async (request, reply) => {
      const { after, ...page } = request.query
      const query = { uid: request.user.uid, cid: request.params.cid, ...page, after }
      const path = `${after === undefined ? '/messages' : '/messages/after'}?${queryOf(query)}`
      return passAnswer(reply, await dialogue.send({ method: 'GET', path, requestId: request.id }))
    },
  )

  app.get(
    '/chats/:cid/messages/search',
    {
      schema: {
        summary: 'Messages of one chat that have all these words, newest first',
        params: ChatParams,
        querystring: SearchPage,
        response: { 200: FoundMessages },
      },
    },
    async (request, reply) => {
      const query = { uid: request.user.uid, cid: request.params.cid, ...request.query }
      const path = `/messages/search?${queryOf(query)}`
      return passAnswer(reply, await dialogue.send({ method: 'GET', path, requestId: request.id }))
    },
  )

  app.get(
    '/messages/search',
    {
      schema: {
        summary: "Messages that have all these words, of the caller's latest chats, one chat after the other",
        querystring: SearchPage,
        response: { 200: FoundMessages },
      },
    },
    async (request, reply) => {
      const path = `/messages/search?${queryOf({ uid: request.user.uid, ...request.query })}`
      return passAnswer(reply, await dialogue.send({ method: 'GET', path, requestId: request.id }))
    },
  )

  app.put(
    '/chats/:cid/messages/:id',
    {
      schema: {
        summary: 'Give a message of one’s own another text',
        params: MessageParams,
        headers: IdempotencyHeaders,
        body: EditBody,
        response: { 200: Message },
      },
    },
    async (request, reply) => {
      const { uid } = request.user
      const { cid, id } = request.params
      const name = nameResource(uid, `${cid}/${id}`, request.headers['idempotency-key'])
      const where = { cid, id, uid, requestId: request.id }
      return passAnswer(reply, await editMessage(dialogue, where, { name, ...request.body }))
    },
  )

  app.delete(
    '/chats/:cid/messages/:id',
    {
      schema: {
        summary: 'Delete a message of one’s own',
        params: MessageParams,
        response: { 200: Message },
      },
    },
    async (request, reply) => {
      const path = `/messages/${request.params.id}/deletion`
      const body = { cid: request.params.cid, uid: request.user.uid }
      return passAnswer(reply, await dialogue.send({ method: 'POST', path, body, requestId: request.id }))
    },
  )
}
