import { startProcess } from './child-process.ts'
import { freePort } from './free-port.ts'
import { waitUntil } from './wait-until.ts'

/** A real Consul in dev mode: it keeps nothing on disk, so a restart on the same port is empty. */
export async function startConsul(port?: number) {
  const http = port ?? (await freePort())
  const [server, lan, wan] = [await freePort(), await freePort(), await freePort()]
  const process = startProcess('consul', [
    'agent',
    '-dev',
    ...['-bind', '127.0.0.1', '-http-port', String(http), '-dns-port', '-1', '-grpc-port', '-1'],
    ...['-server-port', String(server), '-serf-lan-port', String(lan), '-serf-wan-port', String(wan)],
  ])
  await waitUntil('Consul has a leader', async () => {
    const answer = await fetch(`http://127.0.0.1:${http}/v1/status/leader`)
    return answer.ok && (await answer.text()).length > 4
  })
  return { dsn: `127.0.0.1:${http}`, port: http, process }
}
