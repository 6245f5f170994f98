import { join } from 'node:path'
import { startProcess } from './child-process.ts'
import { freePort } from './free-port.ts'
import { repositoryRoot } from './repository-root.ts'
import { waitUntil } from './wait-until.ts'

/** The project's own small registry. It keeps nothing on disk, so a restart on the same port is empty. */
export async function startDevAgent(port?: number) {
  const at = port ?? (await freePort())
  const env = { PATH: process.env.PATH, DEV_AGENT_PORT: String(at) }
  const agent = startProcess(process.execPath, [join(repositoryRoot, 'tools/dist/dev-agent/main.js')], {
    env,
  })
  await waitUntil(
    'the dev agent answers',
    async () => (await fetch(`http://127.0.0.1:${at}/v1/status/leader`)).ok,
  )
  return { dsn: `127.0.0.1:${at}`, port: at, process: agent }
}
