import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomResourceId } from '@roundtable/common/resource-id'
import type { Member } from './crowd.ts'

/** In the list of one of the load's users the chat would be one that nobody has made. */
const farFromTheCrowd = 1_000_000

export interface SlowUpload {
  /** Of a node. */
  url: string
  /** DIALOG_TOKEN */
  token: string
  /** Of the load. The chat is not for this user, but for one whom nobody knows. */
  owner: Member
  /** How long the body takes. */
  ms: number
}

/**
 * Makes a chat at a node directly, the body dripping in, so that the node has the request in hand for that long.
 * @returns the status of the answer, or what went wrong
 */
export async function slowUpload({ url, token, owner, ms }: SlowUpload): Promise<number | string> {
  const uid = owner.uid + farFromTheCrowd
  const body = JSON.stringify({ id: randomResourceId(), uid, users: [uid] })
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
