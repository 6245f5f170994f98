import { describe, test } from '@jest/globals'
import { isInstalled, type ServerCommand } from './is-installed.ts'

/**
 * A suite that needs a real server. Without it the suite is skipped, and the closing line of the run names it;
 * where REQUIRE_SERVERS=true (in CI) it runs and fails instead.
 */
export function describeWith(command: ServerCommand, name: string, suite: () => void): void {
  const run = process.env.REQUIRE_SERVERS === 'true' || isInstalled(command)
  ;(run ? describe : describe.skip)(`${name} [needs ${command}]`, suite)
}

/** The same for one test of a suite. */
export function testWith(command: ServerCommand, name: string, body: () => Promise<void>): void {
  const run = process.env.REQUIRE_SERVERS === 'true' || isInstalled(command)
  ;(run ? test : test.skip)(`${name} [needs ${command}]`, body)
}
