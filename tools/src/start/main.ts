import { ConfigError } from '@roundtable/common/errors'
import { readSettings } from './settings.ts'
import { startEmbedded } from './start-embedded.ts'

// Whoever reads along may go first: the services must be stopped all the same.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {})

const print = (line: string): void => void process.stdout.write(`${line}\n`)

try {
  await startEmbedded({ settings: readSettings(process.env), env: process.env, print })
} catch (error) {
  process.stderr.write(error instanceof ConfigError ? `${error.message}\n` : `could not start: ${error}\n`)
  process.exit(1)
}
