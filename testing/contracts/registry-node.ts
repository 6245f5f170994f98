import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { ServiceDescription } from '@roundtable/common/consul/service-instance'
import type { Ping } from '@roundtable/common/dialogue-wire'
import { freePort } from '../servers/free-port.ts'

/** As much of a dialogue node as the registry and other nodes see: its /ping. */
export interface PingingNode {
  readonly service: ServiceDescription
  /** What /ping tells from now on; undefined: nothing, the request hangs. */
  behave(status: Ping['status'] | undefined): void
  /** How often it was asked so far. */
  asked(): number
  /** Closes the port. */
  kill(): Promise<void>
}

export async function startPingingNode(
  options: { id?: string; name?: string; port?: number } = {},
): Promise<PingingNode> {
  const service: ServiceDescription = {
    id: options.id ?? 'dialogue01',
    name: options.name ?? 'dialogue',
    host: '127.0.0.1',
    port: options.port ?? (await freePort()),
    instance: randomUUID(),
  }
  let status: Ping['status'] | undefined = 'ok'
  let asked = 0
  const server = createServer((_request, response) => {
    asked++
    if (status === undefined) return
    const ping: Ping = { object: 'ping', id: service.id, instance: service.instance, status }
    response.writeHead(status === 'ok' ? 200 : 503, { 'content-type': 'application/json' })
    response.end(JSON.stringify(ping))
  })
  await new Promise<void>((resolve) => server.listen(service.port, '127.0.0.1', resolve))
  return {
    service,
    behave(next) {
      status = next
    },
    asked: () => asked,
    kill: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
