import { EventEmitter } from 'node:events'
import { Agent } from 'node:http'
import { createConnection } from 'node:net'
import Consul from 'consul'
import { z } from 'zod'

/** What Consul answered with a 2xx, not yet understood. */
export interface ConsulAnswer {
  headers: Record<string, unknown>
  body: unknown
}

/** With `includeResponse` the client resolves to [response, body], or to [response] when there is no body. */
const RawAnswer = z.tuple([z.object({ headers: z.record(z.string(), z.unknown()) })], z.unknown())

/**
 * One request to Consul, on a connection of its own: none is kept that may have died unnoticed.
 * @param dsn host:port
 * @param call makes the request; it must hand `common` on with its options
 * @throws Error when there is no whole answer within `timeoutMs`, the signal is aborted, or the status is no 2xx
 */
export async function callConsul(
  dsn: string,
  options: { timeoutMs: number; signal: AbortSignal },
  call: (consul: Consul, common: object) => Promise<unknown>,
): Promise<ConsulAnswer> {
  const { timeoutMs, signal } = options
  signal.throwIfAborted()
  // The client knows no AbortSignal: it stops when this emitter says so.
  const ctx = Object.assign(new EventEmitter(), { includeResponse: true })
  const cancel = (): void => void ctx.emit('cancel')
  signal.addEventListener('abort', cancel)
  const { hostname, port } = new URL(`http://${dsn}`)
  let cutOff = false
  const consul = new Consul({
    host: hostname,
    port: Number(port || 80),
    agent: agentThatTells(() => {
      cutOff = true
      cancel()
    }),
  })
  try {
    const [response, body] = RawAnswer.parse(await call(consul, { ctx, timeout: timeoutMs }))
    return { headers: response.headers, body }
  } catch (error) {
    if (!cutOff || signal.aborted) throw error
    throw new Error('Consul closed the connection before its answer was whole', { cause: error })
  } finally {
    signal.removeEventListener('abort', cancel)
    consul.destroy()
  }
}

/** The client does not notice a body that breaks off, and would wait for its end until the time is up. */
function agentThatTells(onClose: () => void): Agent {
  const agent = new Agent({ keepAlive: false })
  agent.createConnection = (options) => {
    const socket = createConnection({ ...options, host: options.host ?? '', port: Number(options.port) })
    // Later than what the socket's last bytes bring about.
    socket.once('close', () => setImmediate(onClose))
    return socket
  }
  return agent
}
