import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess } from './child-process.ts'
import { freePort } from './free-port.ts'
import { waitUntil } from './wait-until.ts'

/**
 * Two real Consul servers that need each other for a leader: without the second the first goes on answering stale
 * reads and refuses everything else.
 */
export async function startConsulPair() {
  const folder = await mkdtemp(join(tmpdir(), 'consul-pair-'))
  const first = await prepareServer(join(folder, 'first'))
  const second = await prepareServer(join(folder, 'second'))
  const firstProcess = first.launch(second.lan)
  let secondProcess = second.launch(first.lan)

  const hasLeader = async (): Promise<boolean> => {
    const answer = await fetch(`http://127.0.0.1:${first.http}/v1/status/leader`)
    return answer.ok && (await answer.text()).length > 4
  }
  const untilLeader = () =>
    waitUntil(
      'the first Consul knows a leader, and takes writes',
      async () => (await hasLeader()) && first.takesWrites(),
      60_000,
    )
  const close = async () => {
    for (const process of [firstProcess, secondProcess]) {
      process.signal('SIGKILL')
      await process.exited
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilLeader()
  } catch (error) {
    await close()
    throw error
  }
  return {
    dsn: `127.0.0.1:${first.http}`,
    /** HTTP port of the first. */
    port: first.http,
    /** Kills the second and waits until the first has no leader. */
    async loseLeader() {
      secondProcess.signal('SIGKILL')
      await secondProcess.exited
      await waitUntil('the first Consul has no leader', async () => !(await hasLeader()))
    },
    /** Starts the second again on its data and waits for a leader. */
    async findLeader() {
      await secondProcess.exited
      secondProcess = second.launch(first.lan)
      await untilLeader()
    },
    close,
  }
}

async function prepareServer(folder: string) {
  const [http, server, lan, wan] = [await freePort(), await freePort(), await freePort(), await freePort()]
  return {
    http,
    lan,
    /** @param peerLan serf port of the other */
    launch: (peerLan: number) =>
      startProcess('consul', [
        ...['agent', '-server', '-bootstrap-expect', '2', '-data-dir', folder, '-node', `server-${http}`],
        ...['-bind', '127.0.0.1', '-http-port', String(http), '-dns-port', '-1', '-grpc-port', '-1'],
        ...['-server-port', String(server), '-serf-lan-port', String(lan), '-serf-wan-port', String(wan)],
        ...['-retry-join', `127.0.0.1:${peerLan}`, '-retry-interval', '1s', '-disable-host-node-id'],
        ...['-hcl', 'performance { raft_multiplier = 1 }', '-hcl', 'disable_update_check = true'],
      ]),
    async takesWrites(): Promise<boolean> {
      const answer = await fetch(`http://127.0.0.1:${http}/v1/kv/ready`, { method: 'PUT', body: '1' })
      return answer.ok
    },
  }
}
