import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomResourceId } from '@roundtable/common/resource-id'
import type { Room } from './crowd.ts'

export interface SlowUpload {
  /** Of a node. */
  url: string
  /** DIALOG_TOKEN */
  token: string
  room: Room
  /** How long the body takes. */
  ms: number
}

/**
 * Sends one post to a node directly, its body dripping in, so that the node has it in hand for that long. It is about
 * no chat of the room's (a message nobody posted would be found), but a chat of its own.
 * @returns the status of the answer, or what went wrong
 */
export async function slowUpload({ url, token, room, ms }: SlowUpload): Promise<number | string> {
  const chat = { id: randomResourceId(), uid: room.owner.uid, users: [room.owner.uid] }
  const body = JSON.stringify(chat)
  return await new Promise((resolve) => {
    const upload = request(
      `${url}/chats`,
      {
        method: 'POST',
        headers: { authorization: token, 'content-type': 'application/json', 'content-length': body.length },
      },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      },
    )
    upload.on('error', (error) => resolve(error.message))
    void drip()
    async function drip(): Promise<void> {
      const half = body.length >> 1
      upload.write(body.slice(0, half))
      await sleep(ms)
      upload.end(body.slice(half))
    }
  })
}
