import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { ConfigError } from '@roundtable/common/errors'

/** Variables by name, as a process is given them. */
export type Variables = Record<string, string>

const fileName = '.env'

/**
 * Opens the data folder: makes it when it is missing, makes secrets on the first run and keeps them, and writes down
 * all that a further node needs to join.
 * @returns the variables shared by all services of the embedded run
 * @throws ConfigError when the folder cannot be written
 */
export async function openDataFolder(
  dataDir: string,
  { consulDsn, busDsn }: { consulDsn: string; busDsn: string },
): Promise<Variables> {
  const folder = resolve(dataDir)
  if (folder.includes("'"))
    throw new ConfigError(`the data folder ${folder} has a ' in its name: set DATA_DIR`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const variables = {
      ...freshSecrets(),
      ...secretsOf(await readVariables(folder)),
      LISTEN_HOST: '127.0.0.1',
      CONSUL_DSN: consulDsn,
      DB_HOST: `sqlite:${join(folder, 'users.db')}`,
      MONGO_DSN: `sqlite:${join(folder, 'dialogue.db')}`,
      BUS_DSN: busDsn,
      QUEUE_DSN: busDsn,
      SEED_DEMO: 'true',
    }
    const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`)
    const note = '# Written by `make start`. The secrets were made on the first run and are kept.\n'
    await writeFile(join(folder, fileName), note + lines.join(''), { mode: 0o600 })
    return variables
  } catch (error) {
    throw new ConfigError(`the data folder ${folder} cannot be written: ${reason(error)}`)
  }
}

/**
 * The variables an earlier `make start` wrote down.
 * @throws ConfigError when there has been none
 */
export async function readDataFolder(dataDir: string): Promise<Variables> {
  const variables = await readVariables(resolve(dataDir))
  if (!variables.DIALOG_TOKEN)
    throw new ConfigError(`there is no ${join(dataDir, fileName)} yet: run \`make start\` first`)
  return variables
}

async function readVariables(folder: string): Promise<Variables> {
  try {
    return parseEnv(await readFile(join(folder, fileName), 'utf8')) as Variables
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

function freshSecrets(): Variables {
  return { JWT_SECRET: randomBytes(32).toString('hex'), DIALOG_TOKEN: randomBytes(24).toString('hex') }
}

function secretsOf(variables: Variables): Variables {
  const { JWT_SECRET, DIALOG_TOKEN } = variables
  return { ...(JWT_SECRET ? { JWT_SECRET } : {}), ...(DIALOG_TOKEN ? { DIALOG_TOKEN } : {}) }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const known: Record<string, string> = {
    EACCES: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a file is in its place',
    EEXIST: 'a file is in its place',
    ENOSPC: 'the disk is full',
  }
  return known[code ?? ''] ?? message
}
