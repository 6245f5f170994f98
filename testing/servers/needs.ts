import { describe, test } from '@jest/globals'
import { isInstalled, type ServerCommand } from './is-installed.ts'

/**
 * A suite that needs a real server. Without it the suite is skipped, and the closing line of the run names it;
 * where REQUIRE_SERVERS=true (in CI) it runs and fails instead.
 */
export function describeWith(command: ServerCommand, name: string, suite: () => void): void {
  if (mayRun(command)) describe(name, suite)
  else describe.skip(nameWithout(command, name), suite)
}

/** The same for one test of a suite. */
export function testWith(command: ServerCommand, name: string, body: () => Promise<void>): void {
  if (mayRun(command)) test(name, body)
  else test.skip(nameWithout(command, name), body)
}

function mayRun(command: ServerCommand): boolean {
  return process.env.REQUIRE_SERVERS === 'true' || isInstalled(command)
}

/** Tells the closing line what is missing: what is there must not be in it. */
function nameWithout(command: ServerCommand, name: string): string {
  return `${name} [needs ${command}]`
}
