import { once } from 'node:events'
import { ConfigError } from '@roundtable/common/errors'
import { runService } from '@roundtable/common/lifecycle'
import { createLogger } from '@roundtable/common/logger'
import { buildLocalBus } from './build-local-bus.ts'
import { readConfig } from './config.ts'

const logger = createLogger('local-bus')

await runService(logger, async (lifecycle) => {
  const { port } = readConfig(process.env)
  const { server, close } = buildLocalBus({ logger })
  lifecycle.onClose('server', close)
  try {
    // Whoever reaches it may listen to everything, so only this machine may.
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    throw new ConfigError(`port ${port} is in use: free it, or set LOCAL_BUS_PORT`)
  }
  logger.info({ port }, 'listening')
})
