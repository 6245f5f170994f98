import { ConfigError } from '@roundtable/common/errors'
import { runService } from '@roundtable/common/lifecycle'
import { createLogger } from '@roundtable/common/logger'
import { buildDevAgent } from './build-dev-agent.ts'
import { readConfig } from './config.ts'

const logger = createLogger('dev-agent')

await runService(logger, async (lifecycle) => {
  const { port } = readConfig(process.env)
  const app = buildDevAgent({ logger })
  lifecycle.onClose('http server', () => app.close())
  try {
    // Whoever reaches it may make it call any address, so only this machine may.
    await app.listen({ host: '127.0.0.1', port })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    throw new ConfigError(`port ${port} is in use: free it, or set DEV_AGENT_PORT`)
  }
  logger.info({ port }, 'listening')
})
