import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe } from '@jest/globals'

/** Commands of real servers that some suites need. */
export type ServerCommand = 'consul' | 'mongod' | 'mariadbd' | 'kafka-server' | 'docker' | 'chromium'

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

/**
 * A suite that needs a real server. Without it the suite is skipped, and the closing line of the run names it;
 * where REQUIRE_SERVERS=true (in CI) it runs and fails instead.
 */
export function describeWith(command: ServerCommand, name: string, suite: () => void): void {
  const run = process.env.REQUIRE_SERVERS === 'true' || isInstalled(command)
  ;(run ? describe : describe.skip)(`${name} [needs ${command}]`, suite)
}
