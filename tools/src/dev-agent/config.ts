import { PortVar } from '@roundtable/common/env-schemas'
import { readEnv } from '@roundtable/common/read-env'
import { z } from 'zod'

const schema = z.object({ DEV_AGENT_PORT: PortVar.default(8500) })

/** @throws ConfigError when the port is malformed */
export function readConfig(env: NodeJS.ProcessEnv): { port: number } {
  return { port: readEnv(schema, env).DEV_AGENT_PORT }
}
