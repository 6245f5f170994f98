import { createServer } from 'node:net'
import { ConfigError } from '@roundtable/common/errors'

/** @throws ConfigError naming the first port at which something listens already, and what wanted it */
export async function checkPorts(
  wanted: readonly { port: number; by: string; variable: string }[],
): Promise<void> {
  for (const { port, by, variable } of wanted) {
    const fault = await tryPort(port)
    if (fault === 'EADDRINUSE') {
      throw new ConfigError(
        `port ${port}, wanted by ${by}, is in use: stop what listens there (is another \`make start\` running?) or set ${variable}`,
      )
    }
    if (fault)
      throw new ConfigError(`cannot listen on port ${port}, wanted by ${by}: ${fault}; set ${variable}`)
  }
}

function tryPort(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)))
  })
}
