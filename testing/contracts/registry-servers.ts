import { createLogger } from '@roundtable/common/logger'
import { buildDevAgent } from '@roundtable/tools/dev-agent/build-dev-agent'
import { startConsul } from '../servers/consul.ts'
import { freePort } from '../servers/free-port.ts'

/** A registry that keeps nothing: one started again on the same port is empty. */
export interface RunningRegistry {
  /** host:port */
  readonly dsn: string
  readonly port: number
  kill(): Promise<void>
}

/** @param port a free one by default */
export type StartRegistry = (port?: number) => Promise<RunningRegistry>

export const startDevAgent: StartRegistry = async (port) => {
  const at = port ?? (await freePort())
  const app = buildDevAgent({ logger: createLogger('test').child({}, { level: 'silent' }) })
  await app.listen({ host: '127.0.0.1', port: at })
  return { dsn: `127.0.0.1:${at}`, port: at, kill: () => app.close() }
}

export const startRealConsul: StartRegistry = async (port) => {
  const consul = await startConsul(port)
  return {
    dsn: consul.dsn,
    port: consul.port,
    async kill() {
      consul.process.signal('SIGKILL')
      await consul.process.exited
    },
  }
}
