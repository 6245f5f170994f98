import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { Address } from './link-fault.ts'
import { listenOn } from './listen-on.ts'

/** HTTP: every request is answered with this, but those for the paths in `except` are passed on. */
export interface OwnAnswer {
  kind: 'answer'
  status: number
  contentType: string
  body: string
  except: readonly string[]
}

/** An HTTP server that answers everything alike. */
export interface Answerer {
  readonly address: Address
  close(): Promise<void>
}

/** @param answer undefined: all is passed on to the target */
export async function startAnswerer(options: {
  readonly answer: () => OwnAnswer | undefined
  readonly target: () => Address
}): Promise<Answerer> {
  const server = createServer((incoming, outgoing) => {
    const answer = options.answer()
    const path = (incoming.url ?? '/').split('?', 1)[0] ?? '/'
    if (answer === undefined || answer.except.includes(path)) {
      passOn(incoming, outgoing, options.target())
      return
    }
    incoming.resume().once('end', () => {
      outgoing.writeHead(answer.status, {
        'content-type': answer.contentType,
        'content-length': Buffer.byteLength(answer.body),
      })
      outgoing.end(answer.body)
    })
  })
  // The connections of the proxy's clients end here: only they decide when.
  server.keepAliveTimeout = 0
  const address = await listenOn(server, { host: '127.0.0.1', port: 0 })
  return {
    address,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function passOn(incoming: IncomingMessage, outgoing: ServerResponse, target: Address): void {
  const { method, url, headers } = incoming
  const onward = request({ ...target, method, path: url, headers, agent: false }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
    answer.once('error', () => outgoing.destroy())
  })
  onward.once('error', () => outgoing.destroy())
  outgoing.once('close', () => onward.destroy())
  incoming.pipe(onward)
}
