import { PortVar } from '@roundtable/common/env-schemas'
import { readEnv } from '@roundtable/common/read-env'
import { z } from 'zod'

const schema = z.object({ LOCAL_BUS_PORT: PortVar.default(8501) })

/** @throws ConfigError when the port is malformed */
export function readConfig(env: NodeJS.ProcessEnv): { port: number } {
  return { port: readEnv(schema, env).LOCAL_BUS_PORT }
}
