import { PortVar } from '@roundtable/common/env-schemas'
import { readEnv } from '@roundtable/common/read-env'
import { z } from 'zod'

const schema = z.object({
  PAGE_PORT: PortVar.default(8008),
  LISTEN_HOST: z.string().default('127.0.0.1'),
  BACKEND_URL: z
    .url({ protocol: /^http$/, error: 'such as http://127.0.0.1:8007' })
    .default('http://127.0.0.1:8007'),
})

export interface PageServerConfig {
  port: number
  host: string
  backendUrl: string
}

/** @throws ConfigError naming the first variable at fault */
export function readConfig(env: NodeJS.ProcessEnv): PageServerConfig {
  const { PAGE_PORT, LISTEN_HOST, BACKEND_URL } = readEnv(schema, env)
  return { port: PAGE_PORT, host: LISTEN_HOST, backendUrl: BACKEND_URL }
}
