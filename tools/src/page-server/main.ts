import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '@roundtable/common/errors'
import { runService } from '@roundtable/common/lifecycle'
import { createLogger } from '@roundtable/common/logger'
import { buildPageServer } from './build-page-server.ts'
import { readConfig } from './config.ts'

const logger = createLogger('page')
/** The same two folders up from src/page-server and from dist/page-server. */
const root = fileURLToPath(new URL('../../../frontend/dist', import.meta.url))

await runService(logger, async (lifecycle) => {
  const config = readConfig(process.env)
  if (!existsSync(join(root, 'index.html'))) {
    throw new ConfigError('the page is not built: run `make build` or `npm run build -w frontend`')
  }
  const app = await buildPageServer({ logger, root, backendUrl: config.backendUrl })
  lifecycle.onClose('http server', () => app.close())
  await app.listen({ host: config.host, port: config.port })
})
