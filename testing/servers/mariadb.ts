import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createConnection } from 'mysql2/promise'
import { startProcess } from './child-process.ts'
import { freePort } from './free-port.ts'
import { makeDataFolder } from './make-data-folder.ts'
import { untilReady } from './until-ready.ts'

/** A real MariaDB with one empty database and a user that owns it. */
export async function startMariadb() {
  const port = await freePort()
  const folder = await makeDataFolder('mariadb')
  const socket = join(folder, 's')
  await promisify(execFile)('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${folder}`,
    '--auth-root-authentication-method=normal',
    // It brings a nameless user who is preferred to ours on this host.
    '--skip-test-db',
  ])
  const launch = () =>
    startProcess('mariadbd', [
      '--no-defaults',
      ...[`--datadir=${folder}`, `--port=${port}`, `--socket=${socket}`, '--bind-address=127.0.0.1'],
      '--user=root',
    ])
  let process = launch()
  const close = async () => {
    await process.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const connectAsRoot = () => createConnection({ socketPath: socket, user: 'root' })
  const prepare = async () => {
    const root = await connectAsRoot()
    await root.query('CREATE DATABASE IF NOT EXISTS app CHARACTER SET utf8mb4')
    await root.query("CREATE USER IF NOT EXISTS 'app'@'%' IDENTIFIED BY 'app-password'")
    await root.query("GRANT ALL ON *.* TO 'app'@'%'")
    await root.end()
    return true
  }
  try {
    await untilReady('MariaDB answers', process, prepare)
  } catch (error) {
    await close()
    throw error
  }
  return {
    host: `127.0.0.1:${port}`,
    port,
    user: 'app',
    password: 'app-password',
    database: 'app',
    /** The one that runs now. */
    get process() {
      return process
    },
    /** Starts another one on the same data and port, once this one has ended, and waits until it answers. */
    async startAgain() {
      await process.exited
      process = launch()
      await untilReady('MariaDB answers again', process, async () => {
        await (await connectAsRoot()).end()
        return true
      })
    },
    close,
  }
}
