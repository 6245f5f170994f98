import { connect } from 'node:net'
import { join } from 'node:path'
import { startProcess } from './child-process.ts'
import { freePort } from './free-port.ts'
import { repositoryRoot } from './repository-root.ts'
import { untilReady } from './until-ready.ts'

/** The project's own small bus process. It keeps nothing. */
export async function startLocalBus(port?: number) {
  const at = port ?? (await freePort())
  const env = { PATH: process.env.PATH, LOCAL_BUS_PORT: String(at) }
  const bus = startProcess(process.execPath, [join(repositoryRoot, 'tools/dist/local-bus/main.js')], { env })
  await untilReady('the local bus listens', bus, () => canConnect(at))
  return { dsn: `local:${at}`, port: at, process: bus }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const answer = (isThere: boolean): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', () => answer(true)).once('error', () => answer(false))
  })
}
