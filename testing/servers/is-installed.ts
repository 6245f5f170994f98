import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Commands of real servers that some suites need. */
export type ServerCommand =
  | 'consul'
  | 'mongod'
  | 'mariadbd'
  | 'kafka-server'
  | 'docker'
  | 'chromium'
  | 'wrk'
  | 'nginx'
  | 'haproxy'

/** Path of the command, if it is installed on this machine. */
export function findCommand(command: ServerCommand): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, command))
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Whether the command is installed on this machine; of docker also whether its engine runs. */
export function isInstalled(command: ServerCommand): boolean {
  return findCommand(command) !== undefined && (command !== 'docker' || dockerAnswers())
}

function dockerAnswers(): boolean {
  try {
    execFileSync('docker', ['compose', 'ls'], { stdio: 'ignore', timeout: 10_000 })
    return true
  } catch {
    return false
  }
}
