import { startProcess } from '../servers/child-process.ts'
import { repositoryRoot } from '../servers/repository-root.ts'

/**
 * Runs a command in the root of the work tree to its end.
 * @returns all it wrote
 * @throws Error with the end of its output when its exit code is not 0
 */
export async function runCommand(command: string, ...args: readonly string[]): Promise<string> {
  const process = startProcess(command, args, { cwd: repositoryRoot })
  const code = await process.exited
  if (code !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${process.output().slice(-4_000)}`)
  }
  return process.output()
}
