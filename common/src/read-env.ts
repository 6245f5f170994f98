import type { z } from 'zod'
import { ConfigError } from './errors.ts'

/**
 * Reads a service's variables. An empty value counts as missing, as compose files pass unset variables so.
 * @throws ConfigError one line that names the first variable at fault and what is wrong with it.
 */
export function readEnv<T extends z.ZodObject>(schema: T, env: NodeJS.ProcessEnv): z.infer<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const name = String(issue?.path[0] ?? 'environment')
  const missing = given[name] === undefined
  throw new ConfigError(`${name} ${missing ? 'is missing' : 'is malformed'}: ${issue?.message}`)
}
