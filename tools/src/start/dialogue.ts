import { ConfigError } from '@roundtable/common/errors'
import { readDataFolder } from './data-folder.ts'

/** One more dialogue node for the embedded run: its own id, host and port from the caller, the rest as written down. */
try {
  for (const name of ['SERVICE_ID', 'SERVICE_HOST', 'SERVICE_PORT']) {
    if (process.env[name]) continue
    throw new ConfigError(
      `${name} is missing: for example SERVICE_ID=dialogue03 SERVICE_HOST=http://127.0.0.1 SERVICE_PORT=8011 make dialogue`,
    )
  }
  const written = await readDataFolder(process.env.DATA_DIR || 'data')
  for (const [name, value] of Object.entries(written)) process.env[name] ??= value
  await import('@roundtable/dialogue/main')
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
