import { z } from 'zod'
import { parseDuration } from './parse-duration.ts'
import { Refusal } from './refusal.ts'

/** An HTTP check as it was registered, times in ms. */
export interface CheckDefinition {
  id: string
  name: string
  notes: string
  http: string
  method: string
  headers: Readonly<Record<string, readonly string[]>>
  intervalMs: number
  timeoutMs: number
  /** How long the service may be critical before it is deregistered; for ever when undefined. */
  deregisterAfterMs: number | undefined
  initialStatus: CheckStatus
  /** Failures in a row, after it has passed, that make it critical. */
  failuresBeforeCritical: number
}

export type CheckStatus = 'passing' | 'warning' | 'critical'

/** A service as it was registered. */
export interface ServiceDefinition {
  id: string
  name: string
  tags: readonly string[]
  meta: Readonly<Record<string, string>>
  address: string
  port: number
  checks: readonly CheckDefinition[]
}

/** Consul's own floors, in ms. */
export const consulFloors = { intervalMs: 1_000, deregisterAfterMs: 60_000 }
export type Floors = typeof consulFloors

const defaultTimeoutMs = 10_000
/** A timer that is set to more than this many ms goes off at once. */
const longestMs = 2 ** 31 - 1

const Duration = z
  .union([z.string(), z.number()], { error: 'a duration is missing, such as 1s' })
  .transform((given, context) => {
    const ms = parseDuration(given)
    if (ms !== undefined && ms >= 0) return Math.min(ms, longestMs)
    context.addIssue({ code: 'custom', message: `invalid duration ${JSON.stringify(given)}` })
    return z.NEVER
  })

/** Field names come folded: lower case, no underscores. */
const CheckBody = z.preprocess(
  foldNames,
  z.object({
    checkid: z.string().optional(),
    name: z.string().optional(),
    notes: z.string().default(''),
    http: z.url({ protocol: /^http$/, error: 'this agent runs checks with an http:// address only' }),
    method: z.string().default('GET'),
    header: z.record(z.string(), z.array(z.string())).default({}),
    interval: Duration.pipe(z.number().positive({ error: 'must be > 0' })),
    timeout: Duration.default(0),
    deregistercriticalserviceafter: Duration.optional(),
    status: z.enum(['passing', 'warning', 'critical']).default('critical'),
    failuresbeforecritical: z.int().min(0).default(0),
  }),
)

const ServiceBody = z.preprocess(
  foldNames,
  z.object({
    id: z.string().optional(),
    name: z.string({ error: 'the service has no name' }).min(1, { error: 'the service has no name' }),
    tags: z.array(z.string()).nullish(),
    meta: z.record(z.string(), z.string()).nullish(),
    address: z
      .string()
      .refine((address) => address !== '0.0.0.0' && address !== '::', {
        error: 'nobody can be reached at this address',
      })
      .default(''),
    port: z.int().min(0).max(65_535).default(0),
    check: CheckBody.nullish(),
    checks: z.array(CheckBody).nullish(),
  }),
)

/**
 * Reads the body of https://developer.hashicorp.com/consul/api-docs/agent/service#register-service
 * @throws Refusal saying which field is wrong
 */
export function readRegistration(body: unknown, floors: Floors): ServiceDefinition {
  if (body === undefined) throw new Refusal(400, 'Request decode failed: the body is empty')
  const parsed = ServiceBody.safeParse(body)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Refusal(400, [issue?.path.join('.'), issue?.message].filter(Boolean).join(': '))
  }
  const { name, id, tags, meta, address, port, check, checks } = parsed.data
  const serviceId = id || name
  const given = [...(check ? [check] : []), ...(checks ?? [])]
  return {
    id: serviceId,
    name,
    tags: tags ?? [],
    meta: meta ?? {},
    address,
    port,
    checks: given.map((one, i) => ({
      id: one.checkid || `service:${serviceId}${given.length > 1 ? `:${i + 1}` : ''}`,
      name: one.name || `Service '${name}' check`,
      notes: one.notes,
      http: one.http,
      method: one.method,
      headers: one.header,
      intervalMs: Math.max(one.interval, floors.intervalMs),
      timeoutMs: Math.ceil(one.timeout) || defaultTimeoutMs,
      deregisterAfterMs:
        one.deregistercriticalserviceafter &&
        Math.max(one.deregistercriticalserviceafter, floors.deregisterAfterMs),
      initialStatus: one.status,
      failuresBeforeCritical: Math.max(1, one.failuresbeforecritical),
    })),
  }
}

/** Consul takes field names in any case and with underscores. */
function foldNames(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name.replaceAll('_', '').toLowerCase(), value]),
  )
}
