import { Ping } from '@roundtable/common/dialogue-wire'
import { launch } from '../constellation/start-service.ts'
import { freePort } from '../servers/free-port.ts'

export const token = 'a token long enough'

/** A dialogue node in a process of its own; it may not be ready yet. */
export async function startDialogueNode(options: { id: string; consulDsn: string; mongoDsn: string }) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const process_ = launch({
    script: 'dialogue/dist/main.js',
    env: {
      PATH: process.env.PATH,
      MONGO_DSN: options.mongoDsn,
      DB_NAME: 'dialogue',
      DIALOG_TOKEN: token,
      SERVICE_ID: options.id,
      SERVICE_HOST: 'http://127.0.0.1',
      SERVICE_PORT: String(port),
      LISTEN_HOST: '127.0.0.1',
      CONSUL_DSN: options.consulDsn,
      QUEUE_DSN: 'local:9092',
    },
  })
  return {
    process: process_,
    url,
    /** What its /ping tells. */
    async ping(): Promise<Ping['status']> {
      return Ping.parse(await (await fetch(`${url}/ping`)).json()).status
    },
    /** As a backend asks. */
    ask: (path: string) => fetch(`${url}${path}`, { headers: { authorization: token } }),
  }
}

/** Ids of all that is registered, passing or not. */
export async function registeredIds(consulDsn: string): Promise<string[]> {
  const answer = await fetch(`http://${consulDsn}/v1/agent/services`)
  return Object.keys((await answer.json()) as object)
}
