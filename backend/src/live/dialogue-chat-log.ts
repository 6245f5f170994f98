import { randomUUID } from 'node:crypto'
import { EntryList, Heads } from '@roundtable/common/dialogue-wire'
import { AppError, type ErrorBody, type ErrorCode } from '@roundtable/common/errors'
import type { DialogueClient, DialogueRequest } from '../balancing/dialogue-client.ts'
import type { ChatLog } from './ports/chat-log.ts'

/** The log of chats as the dialogue nodes keep it. */
export function createDialogueChatLog(dialogue: Pick<DialogueClient, 'send'>): ChatLog {
  const ask = async (request: Omit<DialogueRequest, 'requestId'>): Promise<unknown> => {
    const { status, body } = await dialogue.send({ ...request, requestId: randomUUID() })
    const answer: unknown = JSON.parse(body.toString())
    if (status < 400) return answer
    const { code, message } = answer as ErrorBody
    throw new AppError(code as ErrorCode, message)
  }

  return {
    async heads(uid) {
      const answer = await ask({ method: 'GET', path: `/chats/heads?uid=${uid}` })
      const { chats, hasMore = false } = Heads.parse(answer)
      return { chats: new Map(Object.entries(chats)), hasMore }
    },

    async entriesAfter(uid, cid, after, limit) {
      const query = `uid=${uid}&cid=${cid}&after=${after}&limit=${limit}`
      return EntryList.parse(await ask({ method: 'GET', path: `/messages/after?${query}` })).data
    },

    async markRead(uid, cid, seq) {
      await ask({ method: 'POST', path: `/chats/${cid}/read`, body: { uid, seq } })
    },
  }
}
